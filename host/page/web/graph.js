// The network as a graph that is coloured by a measure.
const { element, selection, layout, groups } = page;

page.makeGraph = () => {
  const section = page.section("network", "Network",
    "Click a group to open it, a layer to see what is known of it. A folded group has the colour of its worst layer. " +
    "Drag to move; once the graph was clicked, the wheel moves it, and with Ctrl makes it larger or smaller.");
  const colourings = page.measures.filter((measure) => measure.values.some((value) => value !== null));
  let measure = page.firstMeasure();
  let current = groups.root.children[0];
  let found = null; // layers that were searched for

  const svg = page.svgElement("svg", { class: "graph", tabindex: "0", role: "tree", "aria-label": "the network as a graph; arrows move, Enter opens or chooses" });
  const defs = page.svgElement("defs");
  const arrow = page.svgElement("marker", { id: "arrow", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto" });
  arrow.append(page.svgElement("path", { d: "M0,0L8,4L0,8z", class: "arrow" }));
  defs.append(arrow);
  const canvas = page.svgElement("g");
  svg.append(defs, canvas);
  const view = page.graphView(svg, canvas, () => layout.of(groups.root));
  const readable = 0.9; // the least scale that is chosen for the reader
  const legend = element("span", { class: "legends" });

  const boxes = () => [...canvas.querySelectorAll(".box")].map((box) => box.node);
  const mark = () => {
    const chosen = selection.layer >= 0 ? layout.placeOf(groups.leaves[selection.layer]).node : null;
    const near = new Set();
    for (const [from, to] of selection.layer >= 0 ? page.data.edges : []) {
      if (from === selection.layer) near.add(layout.placeOf(groups.leaves[to]).node);
      if (to === selection.layer) near.add(layout.placeOf(from < 0 ? groups.input : groups.leaves[from]).node);
    }
    for (const box of canvas.querySelectorAll(".box")) {
      box.classList.toggle("chosen", box.node === chosen);
      box.classList.toggle("near", box.node !== chosen && near.has(box.node));
      box.classList.toggle("current", box.node === current);
      box.classList.toggle("dimmed", found !== null && !box.node.layers.some((layer) => found.has(layer)));
    }
    svg.setAttribute("aria-activedescendant", `node${current.id}`);
  };
  const draw = () => {
    page.drawGraph(canvas, measure);
    if (!canvas.querySelector(`#node${current.id}`)) current = layout.placeOf(current).node;
    legend.replaceChildren(page.legend(measure));
    if (page.data.findings.some((finding) => finding.layer >= 0)) {
      legend.append(element("span", { class: "legend" }, element("span", { class: "flag" }, "▼"), "stands out"));
    }
    view.mark();
    mark();
  };
  // Where the chosen layer is, or else where the network begins.
  const anchor = () => layout.placeOf(selection.layer >= 0 ? groups.leaves[selection.layer] : groups.root.children[0]);
  const toggle = (group) => {
    layout.fold(group, !group.folded);
    current = group;
    draw();
    view.show(group.folded ? layout.placeOf(group) : { ...layout.placeOf(group), height: 60 });
  };
  const act = (node) => {
    current = node;
    if (node.group) toggle(node);
    else if (node.layer >= 0) selection.choose(node.layer, "graph");
  };
  const foldAll = (folded) => {
    for (const node of groups.all) if (node.group) layout.fold(node, folded);
    draw();
    view.fit(true, readable, anchor());
  };

  canvas.addEventListener("click", (event) => {
    const box = event.target.closest(".box");
    if (box) act(box.node);
  });
  svg.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Enter" || event.key === " ") act(current);
    else if (event.key === "+" || event.key === "-") view.by(event.key === "+" ? 1.25 : 0.8);
    else if (event.key === "0") view.fit(false);
    else if (event.key.startsWith("Arrow")) {
      current = page.graphStep(current, event.key, boxes());
      mark();
      view.show(layout.placeOf(current));
    } else return;
    event.preventDefault();
  });

  const button = (text, title, act_) => element("button", { type: "button", title, onclick: act_ }, text);
  section.append(element("div", { class: "tools" },
    page.choices("colour by", colourings.map((one) => [one.id, page.measureText(one)]), measure.id, (id) => {
      measure = page.measureNamed(id);
      draw();
    }),
    legend,
    element("span", { class: "space" }),
    element("span", { class: "group" }, button("fold all", "fold every group", () => foldAll(true)),
    button("open all", "open every group", () => foldAll(false)),
    button("fit", "the whole graph (key 0)", () => view.fit(false)),
    button("−", "smaller (key -)", () => view.by(0.8)),
    button("+", "larger (key +)", () => view.by(1.25)))), svg);
  draw();
  view.fit(true, readable, anchor());

  selection.onChange((layer, origin) => {
    if (origin === "start") {
      mark();
      return;
    }
    const leaf = groups.leaves[layer];
    for (const group of page.ancestors(leaf)) layout.fold(group, false);
    current = leaf;
    draw();
    view.show(layout.placeOf(leaf), origin !== "graph");
  });
  page.onSearch((layers) => {
    found = layers;
    mark();
  });
  page.graph = { colourBy: (id) => { measure = page.measureNamed(id); draw(); }, foldAll, fit: () => view.fit() };
};

page.measureText = (measure) => `${measure.title}${measure.from ? `, ${measure.from}` : ""}`;

// What the graph is coloured by from the start: the worst news first.
page.firstMeasure = () => {
  const differs = page.boards.some((board) => board.states.includes("d"));
  const wanted = [differs ? "crosscheck.wrong" : "", differs ? "boards" : "", "analysis.per_layer.sqnr", "crosscheck.sqnr", "sensitivity.sqnr",
    "profile.instructions", "profile.time", "boards", "model.bits"];
  for (const id of wanted) {
    const measure = page.measureNamed(id);
    if (measure && measure.values.some((value) => value !== null)) return measure;
  }
  return page.measures[0];
};
