// The data of the page, and making elements.
page.data = JSON.parse(document.getElementById("data").textContent);
page.layers = page.data.layers;
page.measures = page.data.measures;
page.boards = page.data.boards;

// Boards as a measure, so that the graph can be coloured by them.
if (page.boards.length > 0) {
  page.measures.push({
    id: "boards", title: "boards that differ", from: "crosscheck", family: "error", unit: "",
    explain: "on how many boards the layer's bytes differ from the PC's", shown: false, scale: "linear",
    better: "less", good: 0, bad: 1,
    values: page.layers.map((_, i) => d3.sum(page.boards, (board) => (board.states[i] === "d" ? 1 : 0))),
  });
}

// Text inside HTML; the table's titles are HTML.
page.escaped = (text) => text.replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" }[c]));

page.measureNamed = (id) => page.measures.find((measure) => measure.id === id);

// What is looked for first stands first.
const order = ["error", "sensitivity", "time", "share", "bits", "size"];
const placeOf = (measure) => (order.indexOf(measure.family) + order.length + 1) % (order.length + 1) + (measure.id.startsWith("second.") ? 0.5 : 0);
page.inOrder = (measures) => [...measures].sort((a, b) => placeOf(a) - placeOf(b));

// element("p", {class: "dim", onclick: f}, "text", child, ..)
page.element = (tag, attributes = {}, ...children) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return made;
};

// A section of the page with its entry in the navigation.
page.section = (id, title, explain) => {
  const { element } = page;
  const head = element("h2", {}, title);
  const section = element("section", { id, "aria-label": title }, head);
  if (explain) section.append(element("p", { class: "explain" }, explain));
  document.getElementById("main").append(section);
  document.getElementById("nav").append(element("a", { href: "#" + id }, title));
  return section;
};

// A row of choices of which one holds; `choose` gets its value.
page.choices = (name, choices, chosen, choose) => {
  const { element } = page;
  const select = element("select", { "aria-label": name, onchange: () => choose(select.value) });
  for (const [value, text] of choices) select.append(element("option", { value, selected: value === chosen }, text));
  return element("label", { class: "choice" }, name + " ", select);
};

page.layerButton = (layer, text) =>
  page.element("button", { type: "button", class: "link", onclick: () => page.selection.choose(layer, "link") },
    text ?? `${layer} ${page.layers[layer].name}`);

// A number of bytes, with all of its digits where the mouse rests.
page.size = (bytes) => page.element("span", { title: page.format.exactBytes(bytes) }, page.format.bytes(bytes));

// Bytes that stand as text in the data.
page.bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
