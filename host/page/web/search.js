// Finding layers by what is typed: the graph dims the others, the table leaves them out.
const listeners = [];
page.onSearch = (listener) => listeners.push(listener);

const texts = page.layers.map((layer, i) =>
  [i, layer.name, layer.op, layer.tensor, layer.dtype, ...layer.onnx_nodes].join(" ").toLowerCase());

// Layers with every word of the text.
page.findLayers = (text) => {
  const words = text.toLowerCase().split(/\s+/).filter((word) => word !== "");
  return page.layers.map((_, i) => i).filter((i) => words.every((word) => texts[i].includes(word)));
};

page.makeSearch = () => {
  const { element, selection } = page;
  const input = document.getElementById("search");
  const list = document.getElementById("matches");
  const most = 12;
  let matches = [];
  let at = 0;

  const close = () => {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
  };
  const take = (layer) => {
    close();
    selection.choose(layer, "search");
  };
  const draw = () => {
    list.replaceChildren(...matches.slice(0, most).map((layer, place) => element("li", {
      id: `match${place}`, role: "option", "aria-selected": String(place === at), class: place === at ? "at" : "",
      onmousedown: (event) => { event.preventDefault(); take(layer); },
    }, `${layer} ${page.layers[layer].name}`, element("small", {}, page.layers[layer].op))));
    if (matches.length > most) list.append(element("li", { class: "more" }, `and ${matches.length - most} more`));
    if (matches.length === 0) list.append(element("li", { class: "more" }, "no layer has this"));
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    input.setAttribute("aria-activedescendant", matches.length > 0 ? `match${at}` : "");
  };
  input.addEventListener("input", () => {
    const empty = input.value.trim() === "";
    matches = empty ? [] : page.findLayers(input.value);
    at = 0;
    if (empty) close();
    else draw();
    for (const listener of listeners) listener(empty ? null : new Set(matches));
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && matches.length > 0) take(matches[at]);
    else if (event.key === "Escape") close();
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const last = Math.min(most, matches.length) - 1;
      at = Math.max(0, Math.min(last, at + (event.key === "ArrowDown" ? 1 : -1)));
      if (matches.length > 0) draw();
    } else return;
    event.preventDefault();
  });
  input.addEventListener("blur", close);
  // As in many pages: a slash goes to the search.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.target.closest("input, select, textarea")) return;
    event.preventDefault();
    input.focus();
  });
};
