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

// 0: good, or the least; 1: bad, or the most.
page.position = (measure, value) => {
  if (measure.better) {
    const good = onScale(measure, measure.good);
    const bad = onScale(measure, measure.bad);
    return clamp((onScale(measure, value) - good) / (bad - good || 1));
  }
  const [low, high] = extentOf(measure);
  return high > low ? clamp((value - low) / (high - low)) : 0;
};

const judged = d3.interpolateRgbBasis(["#b3d3ea", "#d9e6ee", "#f3ece2", "#f0b37e", "#c8500a"]);
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

// A strip of the scale with its ends.
page.legend = (measure) => {
  const { element, format } = page;
  const [low, high] = measure.better ? [measure.good, measure.bad] : extentOf(measure);
  const steps = d3.range(0, 1.001, 0.125).map(measure.better ? judged : amount);
  const judges = measure.better && !measure.words;
  if (low === undefined) return element("span", { class: "legend" }, "no layer has it");
  return element("span", { class: "legend" },
    element("span", {}, (judges ? "good " : "") + format.value(measure, low)),
    element("span", { class: "strip", style: `background: linear-gradient(to right, ${steps.join(",")})` }),
    element("span", {}, format.value(measure, high) + (judges ? " bad" : "")));
};
