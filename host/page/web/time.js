// Where the time goes: the slowest layers, the operators, and how near each layer is to what the board can do.
// What time is judged by: an emulator's own says nothing, the instructions that it counted do.
page.cost = () => ["profile.instructions", "profile.time"].map(page.measureNamed)
  .find((measure) => measure?.values.some((value) => value > 0));

page.makeTime = () => {
  const time = page.cost();
  if (!time) return;
  const { element, format, selection, layers } = page;
  const section = page.section("time", "Time", time.unit === "ms" ? "" : "In millions of instructions of the device, as the emulator counted them.");
  const all = d3.sum(time.values);
  const rows = layers.map((layer, i) => ({ layer: i, name: `${i} ${layer.name}`, op: layer.op, ms: time.values[i] ?? 0 }));
  const slowest = [...rows].sort((a, b) => b.ms - a.ms).slice(0, 10);
  const shown = (ms) => `${format.significant(ms, 3)} ${time.unit}`;
  const share = (ms) => `${((100 * ms) / all).toFixed(1)} %`;

  const list = element("ol", { class: "bars" }, slowest.map((row) => element("li", {},
    element("button", { type: "button", class: "link", onclick: () => selection.choose(row.layer, "time"), title: row.name }, row.name),
    element("span", { class: "track" }, element("span", { style: `width:${(100 * row.ms) / slowest[0].ms}%` })),
    element("span", { class: "number" }, `${shown(row.ms)}, ${share(row.ms)}`))));
  const sums = d3.rollups(rows, (of) => ({ ms: d3.sum(of, (row) => row.ms), count: of.length }), (row) => row.op)
    .map(([op, sum]) => ({ op, ...sum })).sort((a, b) => b.ms - a.ms);
  const operators = element("ol", { class: "bars" }, sums.map((sum) => element("li", {},
    element("span", {}, `${sum.op} `, element("small", {}, format.counted(sum.count, "layer"))),
    element("span", { class: "track" }, element("span", { style: `width:${(100 * sum.ms) / sums[0].ms}%` })),
    element("span", { class: "number" }, `${shown(sum.ms)}, ${share(sum.ms)}`))));
  section.append(element("div", { class: "pair" },
    element("div", {}, element("h3", {}, `The ${slowest.length} slowest layers`), list),
    element("div", {}, element("h3", {}, "By operator"), operators)));

  const boards = page.measures.filter((measure) => /^profile\d*\.(instructions|time)$/.test(measure.id) && measure.shown);
  if (boards.length > 1) {
    section.append(element("h3", {}, "Boards"), element("table", { class: "plain" }, element("tbody", {}, boards.map((measure) =>
      element("tr", {}, element("th", { scope: "row" }, measure.from),
        element("td", { class: "number" }, `${format.significant(d3.sum(measure.values), 4)} ${measure.unit}`),
        element("td", {}, "slowest: ", page.layerButton(page.worstLayer(measure))))))));
  }

  const perLayer = page.layerChart("time along the layers", (width) => Plot.plot({
    width, height: 180, marginLeft: 62, style: page.chartStyle,
    x: { label: "layer", domain: [0, layers.length] }, y: { label: time.unit, grid: true },
    marks: [...page.chosenRule(),
      Plot.rectY(rows, { x1: "layer", x2: (row) => row.layer + 0.9, y: "ms", fill: "var(--series-1)" }),
      Plot.ruleY([0], { stroke: "var(--line)" }),
      Plot.tip(rows, Plot.pointerX({ x: (row) => row.layer + 0.5, y: "ms", fill: "var(--surface)",
        title: (row) => `${row.name}\n${shown(row.ms)}, ${share(row.ms)}` }))],
  }));
  section.append(element("h3", {}, "Along the layers"), perLayer);
  if (time.unit === "ms") page.addRoofline(section, rows);
};

// Labels at 1, 10, 100, .. alone.
const decade = (value) => (Math.abs(Math.log10(value) - Math.round(Math.log10(value))) < 1e-6 ? String(value) : "");

// Multiplications for each byte moved against multiplications in a second.
page.addRoofline = (section, rows) => {
  const { element, format } = page;
  const macs = page.measureNamed("model.macs");
  const moved = page.measureNamed("profile.bytes");
  if (!moved) return;
  const points = rows.map((row) => ({ ...row, macs: macs.values[row.layer] * 1e6, bytes: (moved.values[row.layer] ?? 0) * 1024 }))
    .filter((row) => row.macs > 0 && row.bytes > 0 && row.ms > 0)
    .map((row) => ({ ...row, x: row.macs / row.bytes, y: row.macs / row.ms / 1e6 }));
  if (points.length < 2) return;
  const peak = d3.max(points, (point) => point.y);
  const rate = d3.max(rows, (row) => ((moved.values[row.layer] ?? 0) * 1024) / row.ms / 1e6 || 0); // GB/s
  const [low, high] = d3.extent(points, (point) => point.x);
  const roof = [low / 1.5, peak / rate, high * 1.5].filter((x) => x >= low / 1.5 && x <= high * 1.5)
    .map((x) => ({ x, y: Math.min(peak, rate * x) }));
  const chart = page.layerChart("roofline", (width) => Plot.plot({
    width, height: 300, marginLeft: 62, style: page.chartStyle,
    x: { type: "log", label: "multiplications for each byte", grid: true, tickFormat: decade },
    y: { type: "log", label: "thousand million multiplications in a second", grid: true, tickFormat: decade },
    marks: [
      Plot.line(roof, { x: "x", y: "y", stroke: "var(--dim)", strokeDasharray: "4 3" }),
      Plot.dot(points, { x: "x", y: "y", r: (point) => point.ms, fill: "var(--series-1)", fillOpacity: 0.55,
        stroke: (point) => (point.layer === page.selection.layer ? "var(--accent)" : "var(--surface)"), strokeWidth: 1.5 }),
      Plot.tip(points, Plot.pointer({ x: "x", y: "y", fill: "var(--surface)",
        title: (point) => `${point.name}\n${format.significant(point.ms, 3)} ms` })),
    ],
  }));
  section.append(element("h3", {}, "Roofline"), element("p", { class: "explain" },
    "Left: what moves much memory for each multiplication. Low and large dots are what to look at. ",
    "The dashed roof is the best that any layer of this profile reached, not the board's data sheet."), chart);
};
