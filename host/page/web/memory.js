// The arena: which tensor lies where, and from which layer to which.
page.makeMemory = () => {
  const { memory } = page.data;
  if (memory.tensors.length === 0 || memory.peak_layer < 0) return;
  const { element, format, layers } = page;
  const peak = memory.peak_layer;
  const section = page.section("memory", "Memory");
  section.append(element("p", {},
    `The most is in use at layer `, page.layerButton(peak), `: ${format.bytes(memory.live[peak])} of the arena's `,
    `${format.bytes(memory.arena_bytes)}. The weights and other constants are ${format.bytes(memory.constant_bytes)} more, read where the file is mapped.`));
  const maker = new Map();
  layers.forEach((layer, i) => maker.set(layer.tensor, i));
  const rows = memory.tensors.map((tensor) => ({ ...tensor, layer: maker.get(tensor.name) ?? tensor.first, end: tensor.offset + tensor.bytes }));
  const atPeak = rows.filter((row) => row.first <= peak && row.last >= peak && !row.view).sort((a, b) => b.bytes - a.bytes);
  const [unit, divisor] = memory.arena_bytes < 1024 * 1024 ? ["KB", 1024] : ["MB", 1024 * 1024];
  const scaled = (bytes) => bytes / divisor;
  const domain = [0, layers.length];
  const early = peak < layers.length / 2;
  const picture = page.layerChart("lifetimes and offsets in the arena", (width) => Plot.plot({
    width, height: 340, marginLeft: 62, style: page.chartStyle,
    x: { label: null, domain, tickFormat: () => "" }, y: { label: `place in the arena, ${unit}`, grid: true },
    marks: [
      Plot.rect(rows, { x1: "first", x2: (row) => row.last + 1, y1: (row) => scaled(row.offset), y2: (row) => scaled(row.end),
        fill: (row) => (row.first <= peak && row.last >= peak ? "var(--peak)" : "var(--series-1)"), fillOpacity: (row) => (row.view ? 0.15 : 0.55),
        stroke: (row) => (row.layer === page.selection.layer ? "var(--accent)" : "var(--surface)"),
        strokeWidth: (row) => (row.layer === page.selection.layer ? 3 : 0.6) }),
      Plot.ruleX([peak + 0.5], { stroke: "var(--bad)", strokeWidth: 2 }),
      Plot.text([{ x: peak + 0.5 }], { x: "x", frameAnchor: "top", dy: 4, dx: early ? 8 : -8, textAnchor: early ? "start" : "end",
        text: () => `peak: layer ${peak}, ${format.bytes(memory.live[peak])}`, fill: "var(--bad)", stroke: "var(--paper)", strokeWidth: 4, fontWeight: 600 }),
      ...page.chosenRule(),
      Plot.tip(rows, Plot.pointer({ x: (row) => (row.first + row.last + 1) / 2, y: (row) => scaled((row.offset + row.end) / 2), fill: "var(--surface)",
        title: (row) => `${row.name}\n${format.bytes(row.bytes)} at ${row.offset}\nlayers ${row.first} to ${row.last}${row.view ? "\nlies within another" : ""}` })),
    ],
  }));
  const live = memory.live.map((bytes, layer) => ({ layer, bytes }));
  const use = page.layerChart("bytes in use along the layers", (width) => Plot.plot({
    width, height: 150, marginLeft: 62, style: page.chartStyle,
    x: { label: "layer", domain }, y: { label: `in use, ${unit}`, grid: true, domain: [0, scaled(memory.arena_bytes)] },
    marks: [
      Plot.rectY(live, { x1: "layer", x2: (row) => row.layer + 1, y: (row) => scaled(row.bytes), fill: (row) => (row.layer === peak ? "var(--bad)" : "var(--series-1)"), fillOpacity: 0.7 }),
      ...page.chosenRule(),
      Plot.tip(live, Plot.pointerX({ x: (row) => row.layer + 0.5, y: (row) => scaled(row.bytes), fill: "var(--surface)",
        title: (row) => `${row.layer} ${layers[row.layer].name}\n${format.bytes(row.bytes)}` })),
    ],
  }));
  const table = (title, heads, rows) => (rows.length === 0 ? [] : [element("h3", {}, title), element("table", { class: "plain" },
    element("thead", {}, element("tr", {}, heads.map((head) => element("th", { scope: "col" }, head)))),
    element("tbody", {}, rows.map((cells) => element("tr", {}, cells.map((cell, i) => element("td", { class: i ? "number" : "" }, cell))))))]);
  const tables = [
    ...table("Planned", ["part", "bytes"], memory.planned.map(([name, bytes]) => [name.replace("_", " "), format.bytes(bytes)])),
    ...table("What would make the arena smaller", ["what", "arena then", ""],
      memory.savings.map((saving) => [saving.what, format.bytes(saving.arena), saving.possible ? "" : "not possible yet"])),
    ...table("Measured", ["board", "phase", "resident", "peak"],
      memory.phases.map((phase) => [phase.board, phase.name, format.bytes(phase.resident), format.bytes(phase.peak)])),
  ];
  section.append(picture, use, ...tables, element("h3", {}, "What is there at the peak"),
    element("ul", { class: "plain" }, atPeak.slice(0, 8).map((row) =>
      element("li", {}, page.layerButton(row.layer, row.name), ` ${format.bytes(row.bytes)}, layers ${row.first} to ${row.last}`))));
};
