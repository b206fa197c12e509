// All that is known of the chosen layer, beside everything else.
const { element, format } = page;

const histogramsOf = (layer) => page.data.histograms.filter((histogram) => histogram.layer === layer);
const heatMapsOf = (layer) => page.data.heat_maps.filter((map) => map.layer === layer);

const histogram = (shown) => {
  const width = (shown.high - shown.low) / shown.counts.length;
  const bins = shown.counts.map((count, i) => ({ count, x1: shown.low + i * width, x2: shown.low + (i + 1) * width }));
  const [from, to] = shown.clip;
  const plot = Plot.plot({
    width: 330, height: 150, marginLeft: 44, marginTop: 18, style: page.chartStyle,
    x: { label: null, ticks: 5 }, y: { label: "count", type: "sqrt", ticks: 3, grid: true, tickFormat: "~s" },
    marks: [
      Plot.rectY(bins, { x1: "x1", x2: "x2", y: "count", insetLeft: 0.3, insetRight: 0.3,
        fill: (bin) => (bin.x2 <= from || bin.x1 >= to ? "var(--bad)" : "var(--series-1)") }),
      Plot.ruleX([from, to], { stroke: "var(--bad)", strokeWidth: 1.5, strokeDasharray: "3 2" }),
    ],
  });
  return element("figure", {}, element("figcaption", {}, shown.title), plot,
    element("p", { class: "dim" }, `levels from ${format.significant(from, 4)} to ${format.significant(to, 4)}; `,
      `${format.significant(100 * shown.beyond, 2)} % ${shown.title.startsWith("weights") ? "at" : "beyond"} the outermost`));
};

const neighbours = (layer) => {
  const before = [];
  const after = [];
  for (const [from, to] of page.data.edges) {
    if (to === layer && from >= 0 && !before.includes(from)) before.push(from);
    if (from === layer && !after.includes(to)) after.push(to);
  }
  const list = (title, layers) => (layers.length === 0 ? null : element("div", { class: "near" },
    element("dt", {}, title), element("dd", {}, layers.flatMap((other, i) => [i ? ", " : "", page.layerButton(other)]))));
  return element("dl", { class: "facts" }, list("reads from", before), list("read by", after));
};

const has = (measure, layer) => measure && measure.values[layer] !== null && measure.values[layer] !== undefined;

const cell = (measure, layer) => element("td", { "data-mood": measure ? page.moodOf(measure, measure.values[layer]) : "",
  title: has(measure, layer) && measure.unit === "B" ? format.exactBytes(measure.values[layer]) : null },
  has(measure, layer) ? format.value(measure, measure.values[layer]) : "");

// The numbers, those of a second build beside them.
const figures = (layer, list) => {
  const second = (measure) => page.measureNamed(`second.${measure.id}`);
  const both = list.some((measure) => has(second(measure), layer));
  return element("table", { class: "figures" },
    both ? element("thead", {}, element("tr", {}, ["", "this", "second"].map((title) => element("th", { scope: "col" }, title)))) : null,
    element("tbody", {}, list.map((measure) => element("tr", { title: measure.explain },
      element("th", { scope: "row" }, measure.title, measure.from ? element("small", {}, " " + measure.from) : null),
      cell(measure, layer), both ? cell(second(measure), layer) : null))));
};

let moreOpen = false;
const measures = (layer) => {
  const rows = page.inOrder(page.measures.filter((measure) => !measure.id.startsWith("second.") && measure.id !== "boards" && has(measure, layer)));
  const more = rows.filter((measure) => !measure.shown);
  const parts = [figures(layer, rows.filter((measure) => measure.shown))];
  if (more.length > 0) {
    parts.push(element("details", { class: "list", open: moreOpen, ontoggle: (event) => { moreOpen = event.target.open; } },
      element("summary", {}, `More figures (${more.length})`), figures(layer, more)));
  }
  return parts;
};

const boardRows = (layer) => {
  if (page.boards.length === 0) return null;
  const words = { e: ["equal", "good"], c: ["close", "doubtful"], d: ["DIFFERS", "bad"], "-": ["–", ""] };
  return element("table", { class: "figures" }, element("tbody", {}, page.boards.map((board) => {
    const [text, mood] = words[board.states[layer]];
    return element("tr", {}, element("th", { scope: "row" }, board.name), element("td", { "data-mood": mood }, text));
  })));
};

const facts = (pairs) => element("dl", { class: "facts" },
  pairs.map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value))));

page.makeDetails = () => {
  const into = document.getElementById("details");
  into.append(element("p", { class: "dim" }, "Choose a layer: in the graph, the table, a chart, or by its name."));
  page.selection.onChange((layer, origin) => {
    const shown = page.layers[layer];
    const about = [["operator", shown.op], ["output", `${shown.dtype} ${format.shape(shown.shape)}`], ["tensor", shown.tensor],
      ["ONNX nodes", shown.onnx_nodes.join(", ")], ...(shown.facts ?? [])].filter(([, value]) => value !== "");
    into.replaceChildren(
      ...(origin === "start" ? [element("p", { class: "dim" }, `This is ${page.firstLayer().why}. Choose another in the graph, the table, a chart, or by its name.`)] : []),
      element("div", { class: "head" }, element("h2", {}, element("span", { class: "dim" }, `${layer} `), shown.name),
        element("div", { class: "step" },
          element("button", { type: "button", title: "the layer before", onclick: () => page.selection.move(-1, "details") }, "◂"),
          element("button", { type: "button", title: "the layer behind", onclick: () => page.selection.move(1, "details") }, "▸"))),
      ...[boardRows(layer)].filter(Boolean),
      facts(shown.differences ?? []),
      ...measures(layer),
      ...heatMapsOf(layer).map(page.heatMap),
      ...histogramsOf(layer).map(histogram),
      neighbours(layer),
      facts(about));
  });
};
