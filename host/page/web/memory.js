// The arena: which tensor lies where, and from which layer to which.
page.makeMemory = () => {
  const { memory } = page.data;
  if (memory.blocks.length === 0 || memory.peak_layer < 0) return;
  const { element, format, layers } = page;
  const peak = memory.peak_layer;
  const section = page.section("memory", "Memory");
  section.append(element("p", {},
    `The arena is fullest at layer `, page.layerButton(peak), `: `, page.size(memory.live[peak]), ` of its `, page.size(memory.arena_bytes),
    `. The weights and other constants are `, page.size(memory.constant_bytes), ` more, read where the file is mapped.`));
  const maker = new Map();
  layers.forEach((layer, i) => maker.set(layer.tensor, i));
  const parts = (list, view) => list.map((part) => ({ ...part, view, layer: maker.get(part.name) ?? part.first, end: part.offset + part.bytes }));
  const blocks = parts(memory.blocks, false);
  const rows = [...blocks, ...parts(memory.views, true)];
  const isAtPeak = (row) => row.first <= peak && row.last >= peak;
  const atPeak = blocks.filter(isAtPeak).sort((a, b) => b.bytes - a.bytes);
  const [unit, divisor] = memory.arena_bytes < 1024 * 1024 ? ["KiB", 1024] : ["MiB", 1024 * 1024];
  const scaled = (bytes) => bytes / divisor;
  const early = peak < layers.length / 2;
  const place = { x1: (row) => row.first - 0.5, x2: (row) => row.last + 0.5, y1: (row) => scaled(row.offset), y2: (row) => scaled(row.end) };
  const about = (bytes) => (bytes < 1024 ? format.exactBytes(bytes) : `${format.bytes(bytes)} (${format.exactBytes(bytes)})`);
  const picture = page.layerChart("lifetimes and offsets in the arena", (width) => Plot.plot({
    width, height: 340, ...page.chartMargins, style: page.chartStyle,
    x: page.layerAxis(), y: { label: `place in the arena, ${unit}`, grid: true },
    marks: [
      Plot.rect(blocks, { ...place, fill: (row) => (isAtPeak(row) ? "var(--peak)" : "var(--series-1)"), fillOpacity: 0.55, stroke: "var(--surface)", strokeWidth: 0.6 }),
      Plot.rect(rows.filter((row) => row.view), { ...place, fill: "none", stroke: "var(--ink)", strokeOpacity: 0.55, strokeDasharray: "3 2", inset: 1 }),
      Plot.rect(rows.filter((row) => row.layer === page.selection.layer), { ...place, fill: "none", stroke: "var(--accent)", strokeWidth: 3 }),
      Plot.ruleX([peak], { stroke: "var(--bad)", strokeWidth: 2 }),
      Plot.text([{ x: peak }], { x: "x", frameAnchor: "top", dy: 4, dx: early ? 8 : -8, textAnchor: early ? "start" : "end",
        text: () => `peak: layer ${peak}, ${format.bytes(memory.live[peak])}`, fill: "var(--bad)", stroke: "var(--paper)", strokeWidth: 4, fontWeight: 600 }),
      ...page.chosenRule(peak),
      Plot.tip(rows, Plot.pointer({ x: (row) => (row.first + row.last) / 2, y: (row) => scaled((row.offset + row.end) / 2), fill: "var(--surface)",
        title: (row) => `${row.name}\n${about(row.bytes)}\nat ${about(row.offset)}\nlayers ${row.first} to ${row.last}${row.view ? "\nlies within another" : ""}` })),
    ],
  }));
  const live = memory.live.map((bytes, layer) => ({ layer, bytes }));
  const use = page.layerChart("bytes in use along the layers", (width) => Plot.plot({
    width, height: 160, ...page.chartMargins, style: page.chartStyle,
    x: page.layerAxis(), y: { label: `in use, ${unit}`, grid: true, domain: [0, scaled(memory.arena_bytes)] },
    marks: [
      Plot.rectY(live, { x1: (row) => row.layer - 0.5, x2: (row) => row.layer + 0.5, y: (row) => scaled(row.bytes),
        fill: (row) => (row.layer === peak ? "var(--bad)" : "var(--series-1)"), fillOpacity: 0.7, inset: 0.2 }),
      ...page.chosenRule(peak),
      Plot.tip(live, Plot.pointerX({ x: "layer", y: (row) => scaled(row.bytes), fill: "var(--surface)",
        title: (row) => `${row.layer} ${layers[row.layer].name}\n${about(row.bytes)}` })),
    ],
  }));
  const table = (title, heads, rows) => (rows.length === 0 ? [] : [element("h3", {}, title), element("table", { class: "plain" },
    element("thead", {}, element("tr", {}, heads.map((head) => element("th", { scope: "col" }, head)))),
    element("tbody", {}, rows.map((cells) => element("tr", {}, cells.map((cell, i) => element("td", { class: i ? "number" : "" }, cell))))))]);
  const tables = [
    ...table("Planned", ["part", "size"], memory.planned.map(([name, bytes]) => [name, page.size(bytes)])),
    ...table("Planned by target", ["target", "scratch", "tables", "RAM and model file", "with the program", "scratch and tables of"],
      memory.targets.map((target) => [target.name, page.size(target.scratch), page.size(target.tables), page.size(target.peak),
        target.total === null ? "not built" : page.size(target.total),
        target.kernels === target.name ? "its own kernels" : `${target.kernels}'s kernels: it was not asked`])),
    ...table("What would make the arena smaller", ["what", "arena then", ""],
      memory.savings.map((saving) => [saving.what, page.size(saving.arena), saving.possible ? "" : "not possible yet"])),
    ...table("Measured", ["board", "phase", "resident", "most resident"],
      memory.phases.map((phase) => [phase.board, phase.name, page.size(phase.resident), page.size(phase.peak)])),
  ];
  // All of it: the sizes sum to the peak.
  const most = 12;
  const rest = atPeak.slice(most);
  const within = (block) => parts(memory.views, true).filter((view) => isAtPeak(view) && view.offset >= block.offset && view.end <= block.end);
  const named = atPeak.slice(0, most).map((block) => [
    element("span", {}, page.layerButton(block.layer, block.name),
      ...within(block).map((view) => element("small", {}, " with ", page.layerButton(view.layer, view.name), " in it"))),
    page.size(block.bytes), `${format.percent((100 * block.bytes) / memory.live[peak])} %`, String(block.first), String(block.last)]);
  const sum = (list) => page.size(d3.sum(list, (block) => block.bytes));
  const peakTable = table("What is there at the peak", ["block", "size", "share", "from layer", "to"], [
    ...named, ...(rest.length > 0 ? [[format.counted(rest.length, "smaller one"), sum(rest), "", "", ""]] : []), ["in all", sum(atPeak), "", "", ""]]);
  section.append(picture, element("p", { class: "explain" }, "Orange is in use at the peak. A block lasts as long as any tensor in it; dashed are tensors that lie within a block."),
    use, ...peakTable, ...tables);
};
