// Measures along the depth of the network: the same kind in one picture.
page.chartStyle = { background: "transparent", color: "var(--ink)", fontSize: "12px", fontFamily: "inherit", overflow: "visible" };
page.lineColours = ["var(--series-1)", "var(--series-2)", "var(--series-3)", "var(--series-4)", "var(--series-5)", "var(--series-6)"];

// A chart over the layers that follows the selection: arrow keys move it, a click chooses the nearest.
page.layerChart = (name, draw) => {
  const { element, selection } = page;
  const box = element("figure", { class: "chart", tabindex: "0", "aria-label": `${name}; arrow keys choose layers` });
  let stale = false; // a chart out of sight is drawn again when it comes into sight
  let visible = true;
  const redraw = () => {
    stale = false;
    const plot = draw(box.clientWidth || 800);
    if (!plot) return;
    plot.addEventListener("click", () => {
      const layer = plot.value?.layer;
      if (layer !== undefined) selection.choose(layer, "chart");
    });
    box.replaceChildren(plot);
  };
  box.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    selection.move(step, "chart");
  });
  let width = 0;
  new ResizeObserver(() => {
    if (box.clientWidth !== width) {
      width = box.clientWidth;
      redraw();
    }
  }).observe(box);
  new IntersectionObserver(([entry]) => {
    visible = entry.isIntersecting;
    if (visible && stale) redraw();
  }, { rootMargin: "200px" }).observe(box);
  selection.onChange(() => {
    stale = true;
    if (visible) redraw();
  });
  addEventListener("beforeprint", () => { if (stale) redraw(); });
  box.redraw = redraw;
  return box;
};

// An axis whose ticks stand below the middle of each layer's bar, with its label below the ticks.
page.chartMargins = { marginLeft: 62, marginBottom: 44 };
page.layerAxis = (label = "layer") => ({ label, domain: [-0.5, page.layers.length - 0.5], tickFormat: (layer) => (Number.isInteger(layer) ? String(layer) : "") });

// Where the chosen layer is; nothing where `marked`, a layer with a mark of its own, is the same.
page.chosenRule = (marked = -1) => (page.selection.layer < 0 || page.selection.layer === marked ? [] : [
  Plot.ruleX([page.selection.layer], { stroke: "var(--accent)", strokeWidth: 2, strokeOpacity: 0.7 })]);

// Which layers a line has no value of: those that make no tensor of the network are not compared.
const gapText = (series) => {
  const runs = [];
  page.layers.forEach((_, layer) => {
    if (series.every((measure) => measure.values[layer] !== null)) return;
    const last = runs[runs.length - 1];
    if (last && last[1] === layer - 1) last[1] = layer;
    else runs.push([layer, layer]);
  });
  if (runs.length === 0) return "";
  const names = runs.slice(0, 6).map(([from, to]) => (from === to ? from : `${from}–${to}`)).join(", ");
  return `Dots bridge layers without a value (${names}${runs.length > 6 ? ", .." : ""}): they make no tensor that the network has, or were not measured.`;
};

const kindOf = (measure) => (measure.scale === "cosine" ? "cosine" : measure.title);

page.makeDepth = () => {
  const usable = page.measures.filter((measure) => measure.better && !measure.words && measure.id !== "boards" &&
    measure.values.filter((value) => value !== null).length > 1);
  const kinds = d3.groups(usable, kindOf);
  if (kinds.length === 0) return;
  const { element, format } = page;
  const section = page.section("depth", "Along the depth",
    "End to end has in it what the layers before lost; per layer is what each loses by itself. The shaded band is bad.");
  const gaps = element("p", { class: "explain" });
  let [kind, series] = kinds[0];
  const hidden = new Set(usable.filter((measure) => !measure.shown)); // until their keys are pressed
  const keys = element("span", { class: "keys" });
  const y = (measure, value) => (measure.scale === "cosine" ? Math.max(1 - value, 1e-7) : value);
  const chart = page.layerChart("accuracy along the depth", (width) => {
    const rows = series.flatMap((measure, s) => (hidden.has(measure) ? [] : measure.values).map((value, layer) => ({
      layer, value: value === null ? NaN : y(measure, value), shown: value, s, measure })));
    const first = series[0];
    const cosine = first.scale === "cosine";
    const [least, most] = d3.extent(rows.filter((row) => !Number.isNaN(row.value)), (row) => row.value);
    const bad = y(first, first.bad);
    const high = cosine || first.better === "less";
    // The band is seen also where nothing is in it.
    const room = 0.1 * Math.abs(most - bad);
    const band = high ? { y1: bad, y2: Math.max(most, cosine ? 2 * bad : bad + room) } : { y1: Math.min(least, bad - room), y2: bad };
    gaps.textContent = gapText(series.filter((measure) => !hidden.has(measure)));
    if (least === undefined) return page.element("p", { class: "dim" }, "no line is chosen");
    const domain = [Math.min(least, band.y1, cosine ? 1e-4 : least), Math.max(most, band.y2)];
    return Plot.plot({
      width, height: 310, ...page.chartMargins, style: page.chartStyle,
      x: page.layerAxis("layer, in the order of execution"),
      y: { label: cosine ? "cosine" : format.title(first), grid: true, domain: cosine ? [...domain].reverse() : domain, type: cosine ? "log" : "linear",
        tickFormat: cosine ? (d) => (Number.isInteger(Math.round(Math.log10(d) * 1e6) / 1e6) ? String(+(1 - d).toFixed(7)) : "") : undefined },
      marks: [
        Plot.rect([band], { x1: -0.5, x2: page.layers.length - 0.5, y1: "y1", y2: "y2", fill: "var(--bad)", fillOpacity: 0.14 }),
        Plot.text([band], { x: -0.5, y: (one) => (cosine ? Math.sqrt(one.y1 * one.y2) : (one.y1 + one.y2) / 2), text: () => `bad: ${format.value(first, first.bad)}`,
          dx: 6, textAnchor: "start", fill: "var(--bad)" }),
        ...page.chosenRule(),
        Plot.lineY(rows.filter((row) => !Number.isNaN(row.value)), { x: "layer", y: "value", z: "s", stroke: (row) => page.lineColours[row.s % 6],
          strokeDasharray: "1 4", className: "bridge" }),
        Plot.lineY(rows, { x: "layer", y: "value", z: "s", stroke: (row) => page.lineColours[row.s % 6], strokeWidth: (row) => (row.s === 0 ? 2 : 1.5) }),
        Plot.dot(rows, { x: "layer", y: "value", r: 2, fill: (row) => page.lineColours[row.s % 6], filter: (row) => !Number.isNaN(row.value) }),
        Plot.tip(rows, Plot.pointerX({ x: "layer", y: "value", filter: (row) => !Number.isNaN(row.value), fill: "var(--surface)",
          title: (row) => `${row.layer} ${page.layers[row.layer].name}\n${row.measure.from}: ${format.value(row.measure, row.shown)}` })),
      ],
    });
  });
  const showKeys = () => keys.replaceChildren(...series.map((measure, s) => element("button", {
    type: "button", class: "key", title: measure.explain, "aria-pressed": String(!hidden.has(measure)),
    onclick: (event) => {
      if (!hidden.delete(measure)) hidden.add(measure);
      event.currentTarget.setAttribute("aria-pressed", String(!hidden.has(measure)));
      chart.redraw();
    },
  }, element("i", { style: `background:${page.lineColours[s % 6]}` }), measure.from)));
  section.append(element("div", { class: "tools" },
    page.choices("show", kinds.map(([name]) => [name, name]), kind, (name) => {
      [kind, series] = kinds.find(([other]) => other === name);
      if (series.every((measure) => hidden.has(measure))) series.forEach((measure) => hidden.delete(measure));
      showKeys();
      chart.redraw();
    }), keys), chart, gaps);
  showKeys();
};
