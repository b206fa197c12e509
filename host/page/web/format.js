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
    return value < 1024 * 1024 ? `${(value / 1024).toFixed(1)} KiB` : `${(value / 1024 / 1024).toFixed(2)} MiB`;
  },
  exactBytes: (value) => `${value.toLocaleString("en")} bytes`,
  // Milliseconds, small ones in microseconds.
  time: (ms) => (ms > 0 && ms < 0.1 ? `${significant(1000 * ms, 3)} µs` : `${significant(ms, 3)} ms`),
  percent: (share) => (share > 0 && share < 0.05 ? "<0.1" : share.toFixed(1)),
  counted: (count, one, many = `${one}s`) => `${count} ${count === 1 ? one : many}`,
  // Without its unit.
  number(measure, value) {
    if (value === null || value === undefined) return "–";
    if (measure.words) return measure.words[value] ?? "–";
    if (value === 0 && ["size", "moved", "speed"].includes(measure.family)) return "–"; // it has none
    if (measure.unit === "B") return (value / 1024).toFixed(1);
    if (measure.unit === "%") return page.format.percent(value);
    if (measure.scale === "cosine") return value.toFixed(5);
    if (measure.unit === "ms" && value > 0 && value < 0.1) return value < 0.00005 ? "<0.0001" : value.toFixed(4); // as wide as others
    if (measure.unit === "dB") return value.toFixed(1);
    if (Number.isInteger(value)) return String(value);
    return significant(value, 3);
  },
  value(measure, value) {
    const text = page.format.number(measure, value);
    if (!measure.unit || text === "–") return text;
    if (measure.unit === "B") return page.format.bytes(value);
    return measure.unit === "ms" ? page.format.time(value) : `${text} ${measure.unit}`;
  },
  title: (measure) => (measure.unit ? `${measure.title} ${measure.unit === "B" ? "KiB" : measure.unit}` : measure.title),
  shape: (shape) => (shape.length === 0 ? "scalar" : shape.join("×")),
};
