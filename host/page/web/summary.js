// The verdict, and the answers that people look for first.
const { element, format, selection } = page;
const marks = { good: "✓", doubtful: "!", bad: "✗", none: "·" };

const card = (title, value, under, act) => element("button", { type: "button", class: "card", onclick: act },
  element("span", { class: "what" }, title), element("span", { class: "answer" }, value), element("span", { class: "where" }, under));

const worstCard = () => {
  for (const id of ["analysis.per_layer.sqnr", "crosscheck.sqnr", "sensitivity.sqnr"]) {
    const measure = page.measureNamed(id);
    const layer = measure ? page.worstLayer(measure) : -1;
    if (layer < 0) continue;
    return card("worst layer", format.value(measure, measure.values[layer]), `${layer} ${page.layers[layer].name} · ${page.measureText(measure)}`,
      () => selection.choose(layer, "card"));
  }
  return null;
};

const slowestCard = () => {
  const measure = page.cost();
  const layer = measure ? page.worstLayer(measure) : -1;
  if (layer < 0) return null;
  const share = (100 * measure.values[layer]) / d3.sum(measure.values);
  return card("slowest layer", `${format.value(measure, measure.values[layer])}, ${share.toFixed(1)} %`, `${layer} ${page.layers[layer].name}`,
    () => selection.choose(layer, "card"));
};

const peakCard = () => {
  const { memory } = page.data;
  if (memory.peak_layer < 0) return null;
  return card("peak of the memory", format.bytes(memory.live[memory.peak_layer]), `layer ${memory.peak_layer} ${page.layers[memory.peak_layer].name}`, () => {
    selection.choose(memory.peak_layer, "card");
    document.getElementById("memory")?.scrollIntoView();
  });
};

const boardsCard = () => {
  if (page.boards.length === 0) return null;
  const bad = page.boards.filter((board) => board.states.includes("d"));
  const first = bad.length > 0 ? Math.min(...bad.map((board) => board.states.indexOf("d"))) : -1;
  return card("boards", `${page.boards.length - bad.length} of ${page.boards.length} equal the PC`,
    first < 0 ? page.boards.map((board) => board.name).join(", ") : `first difference: ${first} ${page.layers[first].name}`,
    () => (first >= 0 ? selection.choose(first, "card") : document.getElementById("boards").scrollIntoView()));
};

const list = (title, items, open) => (items.length === 0 ? null : element("details", { class: "list", open },
  element("summary", {}, `${title} (${items.length})`), element("ul", {}, items)));

page.makeSummary = () => {
  const section = page.section("summary", "Summary");
  section.querySelector("h2").className = "unseen";
  const order = ["bad", "doubtful", "good", "none"];
  const verdicts = [...page.data.verdicts].sort((a, b) => order.indexOf(a.mood) - order.indexOf(b.mood));
  if (verdicts.length === 0) verdicts.push({ mood: "none", from: "", text: "nothing was measured: this is what the model is" });
  section.append(element("ul", { class: "verdicts" }, verdicts.map((verdict) => element("li", { "data-mood": verdict.mood },
    element("span", { class: "mark", "aria-label": verdict.mood }, marks[verdict.mood]),
    element("span", {}, element("b", {}, verdict.from ? `${verdict.from}: ` : ""), verdict.text)))));
  section.append(element("div", { class: "cards" }, [boardsCard(), worstCard(), slowestCard(), peakCard()].filter(Boolean)));
  const findings = page.data.findings.map((finding) => element("li", {}, element("b", {}, finding.what), element("br"), finding.do,
    finding.layer >= 0 ? [" ", page.layerButton(finding.layer)] : null));
  section.append(...[list("What stands out, and what to do", findings, true),
    list("Notes", page.data.notes.map((note) => element("li", {}, note)), false)].filter(Boolean));
  section.append(element("details", { class: "list", open: page.data.findings.length === 0 }, element("summary", {}, "The model"),
    element("dl", { class: "facts wide" }, page.data.facts.map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value))))));
};
