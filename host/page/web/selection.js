// The one layer that is chosen; all parts of the page listen.
const listeners = [];

page.selection = {
  layer: -1,
  onChange: (listener) => listeners.push(listener),
  // `origin` is the part of the page where it was chosen, which does not scroll then; of "start", what is chosen until
  // somebody chooses, nothing scrolls or opens.
  choose(layer, origin) {
    if (layer < 0 || layer >= page.layers.length) return;
    page.selection.layer = layer;
    for (const listener of listeners) listener(layer, origin);
  },
  move(by, origin) {
    const next = page.selection.layer < 0 ? 0 : page.selection.layer + by;
    page.selection.choose(Math.min(page.layers.length - 1, Math.max(0, next)), origin);
  },
};
