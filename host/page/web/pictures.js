// What the network says of a picture, in floats and as the joint model.
page.makePictures = () => {
  const { element } = page;
  if (page.data.pictures.length === 0) return;
  const section = page.section("pictures", "Pictures", "What the float network and the joint model make of the same input.");
  for (const picture of page.data.pictures) {
    section.append(element("h3", {}, picture.name), page.pictureView(picture));
  }
};

const ink = ["var(--series-2)", "var(--series-1)"];

// "dog 16", or "class 16" where the network has no names.
const nameOf = (label) => (page.data.class_names?.[label] ? `${page.data.class_names[label]} ${label}` : `class ${label}`);

// A label has the colour of its box; both sides' lie apart: above the box, and within it.
const boxesOf = (picture, side, s) => {
  const group = page.svgElement("g", { class: `side${s}` });
  const size = picture.width / 42;
  for (const [left, top, right, bottom, label, score] of side.boxes ?? []) {
    const box = page.svgElement("rect", { x: left, y: top, width: right - left, height: bottom - top, fill: "none", class: "found",
      stroke: ink[s], "stroke-width": 2, "vector-effect": "non-scaling-stroke", "stroke-dasharray": s === 0 ? "6 4" : "none" });
    box.append(page.svgElement("title", {}, `${side.name}: ${nameOf(label)}, ${score}`));
    const text = `${page.data.class_names?.[label] ?? label} ${Number(score).toFixed(2)}`;
    const from = Math.max(0, s === 0 ? top - 1.25 * size : top);
    group.append(box,
      page.svgElement("rect", { x: left, y: from, width: 0.62 * size * text.length + 4, height: 1.25 * size, fill: ink[s], class: "tag" }),
      page.svgElement("text", { x: left + 2, y: from + size, "font-size": size, class: "tag" }, text));
  }
  return group;
};

const maskOf = (picture, side) => {
  if (!side.mask) return null;
  const { rows, columns } = side.mask;
  const canvas = page.element("canvas", { width: columns, height: rows });
  const image = new ImageData(columns, rows);
  page.bytes(side.mask.cells).forEach((label, i) => {
    const { r, g, b } = d3.rgb(d3.schemeTableau10[label % 10]);
    image.data.set([r, g, b, label === 0 ? 0 : 150], 4 * i);
  });
  canvas.getContext("2d").putImageData(image, 0, 0);
  return page.svgElement("image", { href: canvas.toDataURL(), width: picture.width, height: picture.height, preserveAspectRatio: "none" });
};

const classesOf = (side) => page.element("ol", { class: "classes" }, side.classes.map(([label, score]) =>
  page.element("li", {}, `${nameOf(label)} `, page.element("span", { class: "number" }, page.format.significant(score, 4)))));

const drawing = (picture, sides) => {
  const svg = page.svgElement("svg", { viewBox: `0 0 ${picture.width} ${picture.height}`, class: "picture", role: "img", "aria-label": picture.name });
  if (picture.image) svg.append(page.svgElement("image", { href: picture.image, width: picture.width, height: picture.height }));
  for (const [side, s] of sides) svg.append(...[maskOf(picture, side), boxesOf(picture, side, s)].filter(Boolean));
  return svg;
};

page.pictureView = (picture) => {
  const { element } = page;
  const sides = picture.sides.map((side, s) => [side, s]);
  const masks = sides.some(([side]) => side.mask);
  const head = ([side, s]) => element("figcaption", {}, element("i", { class: "swatch", style: `background:${ink[s]}` }), side.name,
    side.boxes ? ` · ${page.format.counted(side.boxes.length, "box", "boxes")}` : "");
  // Boxes of both lie over one picture; masks stand beside each other.
  const parts = masks ? sides.map((one) => element("figure", {}, head(one), drawing(picture, [one])))
    : [element("figure", {}, ...sides.map(head), drawing(picture, sides))];
  for (const one of sides) if (one[0].classes) parts.push(element("div", {}, head(one), classesOf(one[0])));
  return element("div", { class: "pictures" }, parts);
};
