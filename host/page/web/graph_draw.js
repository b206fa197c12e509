// The open groups, the layers and the edges as SVG.
const svgElement = (tag, attributes = {}, text = null) => {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  if (text !== null) made.textContent = text;
  return made;
};

const cut = (text, most) => (text.length <= most ? text : `${text.slice(0, most - 9)}…${text.slice(-8)}`);
const line = d3.line().curve(d3.curveBasis);

const labelOf = (node) => {
  if (node.input) return "input";
  if (node.group) return `▸ ${cut(node.label, 20)}`;
  return cut(node.label, 22);
};

const below = (node, measure) => {
  if (node.input) return "";
  const value = page.worstOf(measure, node.layers);
  const what = node.group ? `${node.layers.length} layers` : page.layers[node.layer].op;
  return value === null ? what : `${what} · ${page.format.value(measure, value)}`;
};

// What stands out, by layer.
const findings = d3.group(page.data.findings.filter((finding) => finding.layer >= 0), (finding) => finding.layer);
page.findingsOf = (node) => node.layers.flatMap((layer) => findings.get(layer) ?? []);

const titleOf = (node, measure) => {
  if (node.input) return "what the network is given";
  if (!node.group) {
    return [`${node.layer} ${page.layers[node.layer].name}`, page.layers[node.layer].op, ...page.findingsOf(node).map((finding) => finding.what)].join("\n");
  }
  return `${node.label}: ${node.layers.length} layers; the worst ${measure.title} counts. Enter or double-click opens it`;
};

// A layer, or a folded group.
const drawBox = (node, place, measure) => {
  const fill = node.input ? "var(--none)" : page.colour(measure, page.worstOf(measure, node.layers));
  const box = svgElement("g", {
    class: node.group ? "box group" : "box", transform: `translate(${place.x},${place.y})`, id: `node${node.id}`,
    role: "treeitem", "aria-label": `${labelOf(node)} ${below(node, measure)}`,
  });
  box.append(svgElement("title", {}, titleOf(node, measure)));
  if (node.group) {
    box.append(svgElement("rect", { class: "under", x: 4, y: 4, width: place.width, height: place.height, rx: 4 }));
  }
  box.append(svgElement("rect", { width: place.width, height: place.height, rx: 4, fill }));
  const ink = page.inkOn(fill);
  box.append(svgElement("text", { x: 9, y: 17, fill: ink, class: "name" }, labelOf(node)));
  box.append(svgElement("text", { x: 9, y: 32, fill: ink, class: "value" }, below(node, measure)));
  if (page.findingsOf(node).length > 0) {
    const x = place.width - 20;
    box.append(svgElement("path", { class: "flag", d: `M${x},5h14l-7,12z` }));
  }
  box.node = node;
  return box;
};

const drawGroup = (group, measure, into) => {
  const layout = page.layout.of(group);
  for (const { link, points } of layout.edges) {
    const path = svgElement("path", { class: "edge", d: line(points), "marker-end": "url(#arrow)" });
    path.append(svgElement("title", {}, `${link.from.label} → ${link.to.label}`));
    into.append(path);
  }
  for (const [child, place] of layout.places) {
    if (!child.group || child.folded) {
      into.append(drawBox(child, place, measure));
      continue;
    }
    const inner = svgElement("g", { transform: `translate(${place.x},${place.y})` });
    inner.append(svgElement("rect", { class: "frame", width: place.width, height: place.height, rx: 6 }));
    const head = svgElement("g", { class: "box head", id: `node${child.id}`, role: "treeitem", "aria-label": child.label });
    head.append(svgElement("rect", { class: "handle", width: place.width, height: page.layout.headHeight, rx: 6 }));
    head.append(svgElement("text", { x: 9, y: 16 }, `▾ ${cut(child.label, Math.floor(place.width / 8))}`));
    head.append(svgElement("title", {}, `${child.label}: Enter or a click folds it`));
    head.node = child;
    inner.append(head);
    drawGroup(child, measure, inner);
    into.append(inner);
  }
};

page.drawGraph = (canvas, measure) => {
  const whole = svgElement("g");
  drawGroup(page.groups.root, measure, whole);
  canvas.replaceChildren(whole);
};
page.svgElement = svgElement;
