// Numbers as people read them.
const significant = (value, digits) => {
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-4) return value.toExponential(digits - 1).replace("e+", "e");
  const behind = Math.max(0, digits - 1 - Math.floor(Math.log10(size)));
  return value.toFixed(Math.min(behind, 8));
};

page.format = {
  significant,
  bytes(value) {
    if (value < 1024) return `${value} B`;
    return value < 1024 * 1024 ? `${(value / 1024).toFixed(1)} KB` : `${(value / 1024 / 1024).toFixed(2)} MB`;
  },
  counted: (count, one, many = `${one}s`) => `${count} ${count === 1 ? one : many}`,
  // Without its unit.
  number(measure, value) {
    if (value === null || value === undefined) return "–";
    if (measure.words) return measure.words[value] ?? "–";
    if (measure.scale === "cosine") return value.toFixed(5);
    if (measure.unit === "dB" || measure.unit === "%") return value.toFixed(1);
    if (Number.isInteger(value)) return String(value);
    return significant(value, 3);
  },
  value(measure, value) {
    const text = page.format.number(measure, value);
    return measure.unit && value !== null && value !== undefined ? `${text} ${measure.unit}` : text;
  },
  title: (measure) => (measure.unit ? `${measure.title} ${measure.unit}` : measure.title),
  shape: (shape) => (shape.length === 0 ? "scalar" : shape.join("×")),
};
