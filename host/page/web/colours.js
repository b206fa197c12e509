// What numbers mean, as words and as colours that do not need red and green to be told apart.
const clamp = (x) => Math.min(1, Math.max(0, x));

// A cosine by its distance from 1, in decades.
const onScale = (measure, value) => {
  if (measure.scale === "cosine") return -Math.log10(Math.max(1e-9, 1 - value));
  return measure.scale === "log" ? Math.log10(Math.max(1e-12, value)) : value;
};

// "good", "doubtful", "bad", or "" of what is neither.
page.moodOf = (measure, value) => {
  if (!measure.better || value === null || value === undefined) return "";
  const more = measure.better === "more";
  if (more ? value >= measure.good : value <= measure.good) return "good";
  return (more ? value <= measure.bad : value >= measure.bad) ? "bad" : "doubtful";
};

const extents = new Map();
const extentOf = (measure) => {
  if (!extents.has(measure)) extents.set(measure, d3.extent(measure.values.filter((v) => v !== null)));
  return extents.get(measure);
};

// What three of four layers do not surpass: the end of the good colours, so that they tell good layers apart.
const bests = new Map();
const bestOf = (measure) => {
  if (!bests.has(measure)) {
    const values = measure.values.filter((v) => v !== null);
    bests.set(measure, d3.quantile(values, measure.better === "more" ? 0.75 : 0.25) ?? measure.good);
  }
  return bests.get(measure);
};

// Of what is judged -1: as good as the best; 0: just good; 1: bad. Of an amount 0: the least; 1: the most.
page.position = (measure, value) => {
  if (measure.better) {
    const [best, good, bad, at] = [bestOf(measure), measure.good, measure.bad, value].map((one) => onScale(measure, one));
    const behind = (at - good) / (bad - good || 1);
    return behind >= 0 ? clamp(behind) : -clamp((at - good) / (best - good || 1));
  }
  const [low, high] = extentOf(measure);
  return high > low ? clamp((value - low) / (high - low)) : 0;
};

const better = d3.interpolateRgbBasis(["#dfeaf2", "#a3c9e6", "#4a97cf"]);
const worse = d3.interpolateRgbBasis(["#dfeaf2", "#f3ece2", "#f0b37e", "#c8500a"]);
const judged = (position) => (position < 0 ? better(-position) : worse(position));
const amount = d3.interpolateRgbBasis(["#f2f0f7", "#cbc9e2", "#9e9ac8", "#6a51a3", "#3f007d"]);

page.colour = (measure, value) => {
  if (value === null || value === undefined) return "var(--none)";
  return (measure.better ? judged : amount)(page.position(measure, value));
};

// Black or white, whichever is read better on the colour.
page.inkOn = (colour) => {
  const rgb = d3.rgb(colour);
  if (Number.isNaN(rgb.r)) return "var(--ink)";
  const linear = (c) => (c / 255 <= 0.03928 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4);
  const luminance = 0.2126 * linear(rgb.r) + 0.7152 * linear(rgb.g) + 0.0722 * linear(rgb.b);
  return luminance > 0.179 ? "#000000" : "#ffffff";
};

// Of a group: the value of its worst layer, or the most; of bits too.
page.worstOf = (measure, layers) => {
  let worst = null;
  for (const layer of layers) {
    const value = measure.values[layer];
    if (value === null || value === undefined) continue;
    if (worst === null || (measure.better === "more" ? value < worst : value > worst)) worst = value;
  }
  return worst;
};

// The layer with the worst value (or the most); -1: there is none.
page.worstLayer = (measure) => {
  let found = -1;
  measure.values.forEach((value, layer) => {
    if (value === null) return;
    const least = measure.better === "more";
    if (found < 0 || (least ? value < measure.values[found] : value > measure.values[found])) found = layer;
  });
  return found;
};

const strip = (colours) => page.element("span", { class: "strip", style: `background: linear-gradient(to right, ${colours.join(",")})` });
const steps = d3.range(0, 1.001, 0.125);

// A strip of the scale with its ends; of what is judged two, of good layers and of those that are not.
page.legend = (measure) => {
  const { element, format } = page;
  const [low, high] = extentOf(measure);
  if (low === undefined) return element("span", { class: "legend" }, "no layer has it");
  const text = (value, word = "") => element("span", {}, word + format.value(measure, value));
  if (!measure.better) return element("span", { class: "legend" }, text(low), strip(steps.map(amount)), text(high));
  if (measure.words) return element("span", { class: "legend" }, text(measure.good), strip(steps.map(worse)), text(measure.bad));
  const best = bestOf(measure);
  const surpasses = page.position(measure, best) < 0;
  return element("span", { class: "legend" }, ...(surpasses ? [text(best, measure.better === "more" ? "≥ " : "≤ "), strip(steps.map((step) => better(1 - step)))] : []),
    text(measure.good, "good "), strip(steps.map(worse)), text(measure.bad, "bad "));
};
