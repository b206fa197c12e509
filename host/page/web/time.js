// Where the time goes: the slowest layers, the operators, and how near each layer is to what the board can do.
// What time is judged by: an emulator's own says nothing, the instructions that it counted do.
page.cost = () => ["profile.instructions", "profile.time"].map(page.measureNamed)
  .find((measure) => measure?.values.some((value) => value > 0));

// What the runs of a layer took; null: one time alone is known. Runs far apart were disturbed.
const rangeOf = (layer) => {
  const least = page.measureNamed("profile.fastest")?.values[layer] ?? null;
  const most = page.measureNamed("profile.slowest")?.values[layer] ?? null;
  return least === null || most === null || !(most > least) ? null : { least, most, apart: most > 3 * least };
};

// "1.22 to 4.99 ms", or ""
page.timeRange = (layer) => {
  const range = page.cost()?.unit === "ms" ? rangeOf(layer) : null;
  if (range === null) return "";
  const [least, most] = [range.least, range.most].map(page.format.time);
  const unit = / .*/;
  return least.match(unit)[0] === most.match(unit)[0] ? `${least.replace(unit, "")} to ${most}` : `${least} to ${most}`;
};

page.makeTime = () => {
  const time = page.cost();
  if (!time) return;
  const { element, format, selection, layers } = page;
  const ranged = layers.some((_, layer) => page.timeRange(layer) !== "");
  const section = page.section("time", "Time", time.unit !== "ms" ? "In millions of instructions of the device, as the emulator counted them."
    : `Each time is ${time.explain}${ranged ? "; behind it what the layer's runs took, marked ! where they are far apart" : ""}.`);
  const all = d3.sum(time.values);
  const rows = layers.map((layer, i) => ({ layer: i, name: `${i} ${layer.name}`, op: layer.op, ms: time.values[i] ?? 0 }));
  const slowest = [...rows].sort((a, b) => b.ms - a.ms).slice(0, 10);
  const shown = (ms) => format.value(time, ms);
  const share = (ms) => `${format.percent((100 * ms) / all)} %`;
  const range = (layer) => element("span", { class: "range", "data-mood": rangeOf(layer)?.apart ? "doubtful" : "" },
    page.timeRange(layer) + (rangeOf(layer)?.apart ? " !" : ""));

  const list = element("ol", { class: ranged ? "bars ranged" : "bars" }, slowest.map((row) => element("li", {},
    element("button", { type: "button", class: "link", onclick: () => selection.choose(row.layer, "time"), title: row.name }, row.name),
    element("span", { class: "track" }, element("span", { style: `width:${(100 * row.ms) / slowest[0].ms}%` })),
    element("span", { class: "number" }, `${shown(row.ms)}, ${share(row.ms)}`), ranged ? range(row.layer) : null)));
  const sums = d3.rollups(rows, (of) => ({ ms: d3.sum(of, (row) => row.ms), count: of.length }), (row) => row.op)
    .map(([op, sum]) => ({ op, ...sum })).sort((a, b) => b.ms - a.ms);
  const operators = element("ol", { class: "bars" }, sums.map((sum) => element("li", {},
    element("span", {}, `${sum.op} `, element("small", {}, format.counted(sum.count, "layer"))),
    element("span", { class: "track" }, element("span", { style: `width:${(100 * sum.ms) / sums[0].ms}%` })),
    element("span", { class: "number" }, `${shown(sum.ms)}, ${share(sum.ms)}`))));
  section.append(element("div", { class: ranged ? "pair ranged" : "pair" },
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
    width, height: 180, ...page.chartMargins, style: page.chartStyle,
    x: page.layerAxis(), y: { label: time.unit, grid: true },
    marks: [...page.chosenRule(),
      Plot.rectY(rows, { x1: (row) => row.layer - 0.45, x2: (row) => row.layer + 0.45, y: "ms", fill: "var(--series-1)" }),
      Plot.ruleY([0], { stroke: "var(--line)" }),
      Plot.tip(rows, Plot.pointerX({ x: "layer", y: "ms", fill: "var(--surface)",
        title: (row) => [row.name, `${shown(row.ms)}, ${share(row.ms)}`, page.timeRange(row.layer)].filter(Boolean).join("\n") }))],
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
  const points = rows.map((row) => ({ ...row, macs: macs.values[row.layer] * 1e6, bytes: moved.values[row.layer] ?? 0 }))
    .filter((row) => row.macs > 0 && row.bytes > 0 && row.ms > 0)
    .map((row) => ({ ...row, x: row.macs / row.bytes, y: row.macs / row.ms / 1e6 }));
  if (points.length < 2) return;
  const peak = d3.max(points, (point) => point.y);
  const rate = d3.max(rows, (row) => (moved.values[row.layer] ?? 0) / row.ms / 1e6 || 0); // GB/s
  const [low, high] = d3.extent(points, (point) => point.x);
  const roof = [low / 1.5, peak / rate, high * 1.5].filter((x) => x >= low / 1.5 && x <= high * 1.5)
    .map((x) => ({ x, y: Math.min(peak, rate * x) }));
  const radius = d3.scaleSqrt([0, d3.max(points, (point) => point.ms)], [0, 18]);
  const largest = [...points].sort((a, b) => b.ms - a.ms).slice(0, 3);
  const across = d3.scaleLog([low, high], [0, 1]);
  // A name above its dot, or below where another's would be in its way.
  const above = (point, i) => !largest.slice(0, i).some((other) => Math.abs(across(point.x) - across(other.x)) < 0.25);
  const anchorOf = (point) => (across(point.x) < 0.2 ? "start" : across(point.x) > 0.8 ? "end" : "middle");
  const chart = page.layerChart("roofline", (width) => Plot.plot({
    width, height: 320, ...page.chartMargins, style: page.chartStyle,
    x: { type: "log", label: "multiplications for each byte", grid: true, tickFormat: decade, domain: [low / 2, high * 2] },
    y: { type: "log", label: "thousand million multiplications in a second", grid: true, tickFormat: decade,
      domain: [d3.min(points, (point) => point.y) / 2.5, 2.5 * peak] }, // room for whole dots
    r: { type: "identity" },
    marks: [
      Plot.line(roof, { x: "x", y: "y", stroke: "var(--dim)", strokeDasharray: "4 3", clip: true }),
      Plot.dot(points, { x: "x", y: "y", r: (point) => radius(point.ms), fill: "var(--series-1)", fillOpacity: 0.55,
        stroke: (point) => (point.layer === page.selection.layer ? "var(--accent)" : "var(--surface)"), strokeWidth: 1.5 }),
      ...largest.map((point, i) => Plot.text([point], { x: "x", y: "y", text: "name", textAnchor: anchorOf(point),
        dy: (radius(point.ms) + 8) * (above(point, i) ? -1 : 1), fill: "var(--ink)", stroke: "var(--paper)", strokeWidth: 3 })),
      Plot.tip(points, Plot.pointer({ x: "x", y: "y", fill: "var(--surface)",
        title: (point) => [point.name, format.time(point.ms), page.timeRange(point.layer)].filter(Boolean).join("\n") })),
    ],
  }));
  section.append(element("h3", {}, "Roofline"), element("p", { class: "explain" },
    "Left: what moves much memory for each multiplication. Low and large dots are what to look at; the largest have their names. ",
    "The dashed roof is the best that any layer of this profile reached, not the board's data sheet."), chart);
};
