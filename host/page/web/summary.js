// The verdict, and the answers that people look for first.
const { element, format, selection } = page;
const marks = { good: "✓", doubtful: "!", bad: "✗", none: "·" };

// An answer chooses its layer and goes to the part of the page that shows it; `more` stands below it.
const card = (title, value, under, layer, section, more = []) => element("div", { class: "card" },
  element("button", { type: "button", onclick: () => {
    if (layer >= 0) selection.choose(layer, "card");
    document.getElementById(section)?.scrollIntoView();
  } },
  element("span", { class: "what" }, title), element("span", { class: "answer" }, value), element("span", { class: "where" }, under)),
  ...more.map((line) => element("p", { class: "more" }, line)));

// The layer that is worst by itself.
const worst = () => {
  for (const id of ["analysis.per_layer.sqnr", "crosscheck.sqnr", "sensitivity.sqnr"]) {
    const measure = page.measureNamed(id);
    const layer = measure ? page.worstLayer(measure) : -1;
    if (layer >= 0) return { measure, layer };
  }
  return null;
};

const worstCard = () => {
  const found = worst();
  if (!found) return null;
  const { measure, layer } = found;
  const more = [];
  if (measure.over) {
    const least = page.measureNamed(`${measure.id}_min`)?.values[layer] ?? null;
    more.push(measure.over + (least === null ? "" : `, worst picture ${format.value(measure, least)}`));
  }
  const whole = page.measureNamed("analysis.end_to_end.sqnr");
  const last = whole && measure.id.startsWith("analysis") ? page.worstLayer(whole) : -1;
  if (last >= 0) more.push(["end to end the worst: ", page.layerButton(last), `, ${format.value(whole, whole.values[last])}`]);
  return card(`worst layer: ${page.measureText(measure)}`, format.value(measure, measure.values[layer]), `${layer} ${page.layers[layer].name}`,
    layer, document.getElementById("depth") ? "depth" : "layers", more);
};

const slowestLayer = () => {
  const measure = page.cost();
  return measure ? page.worstLayer(measure) : -1;
};

const slowestCard = () => {
  const layer = slowestLayer();
  if (layer < 0) return null;
  const measure = page.cost();
  const share = format.percent((100 * measure.values[layer]) / d3.sum(measure.values));
  const range = page.timeRange(layer);
  return card("slowest layer", `${format.value(measure, measure.values[layer])}, ${share} %`, `${layer} ${page.layers[layer].name}`, layer, "time",
    measure.unit === "ms" ? [measure.explain + (range ? `; its runs took ${range}` : "")] : []);
};

const peakCard = () => {
  const { memory } = page.data;
  const layer = memory.peak_layer;
  if (layer < 0) return null;
  return card("peak of the arena", page.size(memory.live[layer]), `${layer} ${page.layers[layer].name}`, layer, "memory",
    ["what layers hand to each other; the model's file comes on top"]);
};

const boardsCard = () => {
  if (page.boards.length === 0) return null;
  const bad = page.boards.filter((board) => board.states.includes("d"));
  const first = bad.length > 0 ? Math.min(...bad.map((board) => board.states.indexOf("d"))) : -1;
  return card("boards", `${page.boards.length - bad.length} of ${page.boards.length} equal the PC`,
    first < 0 ? page.boards.map((board) => board.name).join(", ") : `first difference: ${first} ${page.layers[first].name}`, first, "boards");
};

// What is chosen until somebody chooses: the worst news.
page.firstLayer = () => {
  const first = page.boards.map((board) => board.states.indexOf("d")).filter((layer) => layer >= 0);
  if (first.length > 0) return { layer: Math.min(...first), why: "the first layer that differs" };
  const found = worst();
  if (found) return { layer: found.layer, why: "the worst layer" };
  if (slowestLayer() >= 0) return { layer: slowestLayer(), why: "the slowest layer" };
  return { layer: page.data.memory.peak_layer, why: "the layer where the arena is fullest" };
};

// Two commands that seem to contradict each other.
const bothHold = (verdicts) => {
  const moodOf = (from) => verdicts.find((verdict) => verdict.from === from)?.mood;
  if (moodOf("build") !== "good" || !["doubtful", "bad"].includes(moodOf("analyze"))) return null;
  return element("p", { class: "explain" }, "Both hold: build judges the outputs as a whole, analyze the weakest part of them and each layer.");
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
    element("span", {}, element("b", {}, verdict.from ? `${verdict.from}: ` : ""), verdict.text)))), bothHold(verdicts) ?? "");
  const cards = element("div", { class: "cards" });
  section.append(cards);
  const findings = page.data.findings.map((finding) => element("li", {}, element("b", {}, finding.what), element("br"), finding.do,
    finding.layer >= 0 ? [" ", page.layerButton(finding.layer)] : null));
  section.append(...[list("What stands out, and what to do", findings, true),
    list("Notes", page.data.notes.map((note) => element("li", {}, note)), false)].filter(Boolean));
  section.append(element("details", { class: "list", open: page.data.findings.length === 0 }, element("summary", {}, "The model"),
    element("dl", { class: "facts wide" }, page.data.facts.map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value))))));
  // When the parts of the page that they lead to stand.
  page.makeCards = () => cards.append(...[boardsCard(), worstCard(), slowestCard(), peakCard()].filter(Boolean));
};
