// Where in a layer's output it differs.
page.heatMap = (map) => {
  const { element, format } = page;
  const cells = page.bytes(map.cells);
  const canvas = element("canvas", { width: map.columns, height: map.rows, role: "img", "aria-label": map.title });
  const image = new ImageData(map.columns, map.rows);
  cells.forEach((cell, i) => {
    const { r, g, b } = d3.rgb(d3.interpolateCividis(cell / 255));
    image.data.set([r, g, b, 255], 4 * i);
  });
  canvas.getContext("2d").putImageData(image, 0, 0);
  const steps = d3.range(0, 1.01, 0.125).map(d3.interpolateCividis);
  return element("figure", { class: "heat" }, element("figcaption", {}, map.title), canvas,
    element("p", { class: "legend" }, element("span", {}, "0"),
      element("span", { class: "strip", style: `background: linear-gradient(to right, ${steps.join(",")})` }),
      element("span", {}, `${format.significant(map.most, 3)} ${map.unit}`)));
};
