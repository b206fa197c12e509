// Visible text whose contrast is below WCAG AA (4.5, and 3 for large text), with its colours.
const canvas = document.createElement("canvas");
canvas.width = canvas.height = 1;
const context = canvas.getContext("2d", { willReadFrequently: true });
// Any colour that CSS knows, over white where it is not opaque.
const parse = (colour) => {
  context.clearRect(0, 0, 1, 1);
  context.fillStyle = colour;
  context.fillRect(0, 0, 1, 1);
  const [r, g, b, a] = context.getImageData(0, 0, 1, 1).data;
  return [r, g, b, a / 255];
};
const over = (top, below) => top.slice(0, 3).map((c, i) => c * top[3] + below[i] * (1 - top[3])).concat(1);
const luminance = ([r, g, b]) => {
  const [x, y, z] = [r, g, b].map((c) => (c / 255 <= 0.03928 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * x + 0.7152 * y + 0.0722 * z;
};
const ratio = (a, b) => {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
};
const backgroundOf = (element) => {
  const layers = [];
  for (let at = element; at; at = at.parentElement) layers.push(parse(getComputedStyle(at).backgroundColor));
  return layers.reverse().reduce((below, top) => over(top, below), [255, 255, 255, 1]);
};
const low = [];
const check = (element, colour, background, text) => {
  const style = getComputedStyle(element);
  const size = parseFloat(style.fontSize);
  const large = size >= 24 || (size >= 18.5 && Number(style.fontWeight) >= 700);
  const seen = over(parse(colour), background);
  if (ratio(seen, background) < (large ? 3 : 4.5)) low.push(`${text.slice(0, 40)}: ${colour} on ${background.slice(0, 3)}, ${ratio(seen, background).toFixed(2)}`);
};
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
for (let node = walker.nextNode(); node; node = walker.nextNode()) {
  const element = node.parentElement;
  const text = node.textContent.trim();
  if (text === "" || ["SCRIPT", "STYLE", "TITLE", "OPTION", "NOSCRIPT"].includes(element.tagName.toUpperCase())) continue;
  if (!element.checkVisibility() || element.closest(".skip, .unseen")) continue;
  const svg = element.closest("svg");
  if (!svg) {
    check(element, getComputedStyle(element).color, backgroundOf(element), text);
    continue;
  }
  if (element.closest(".picture, title")) continue;
  // A box of the graph has its own colour; other text of charts stands on the page.
  const box = element.closest(".box");
  const fill = box ? getComputedStyle(box.querySelector("rect:last-of-type")).fill : "rgba(0, 0, 0, 0)";
  const background = over(parse(fill), backgroundOf(svg));
  check(element, getComputedStyle(element).fill, background, text);
}
return low;
