// The graph by keys: arrows go along edges and to neighbours, Enter folds, opens or chooses.
const shown = (node) => page.layout.placeOf(node).node;

// What feeds the node, or is fed by it, as it is shown now.
const along = (node, forward) => {
  const inside = new Set(node.layers);
  const ends = new Set();
  for (const [from, to] of page.data.edges) {
    const [own, other] = forward ? [from, to] : [to, from];
    const here = own < 0 ? node.input : inside.has(own);
    if (!here || (other >= 0 && inside.has(other))) continue;
    ends.add(shown(other < 0 ? page.groups.input : page.groups.leaves[other]));
  }
  ends.delete(node);
  return [...ends];
};

// The nearest box to the left or right at the same height.
const beside = (node, right, boxes) => {
  const here = page.layout.placeOf(node);
  let best = null;
  for (const other of boxes) {
    if (other === node) continue;
    const there = page.layout.placeOf(other);
    const dx = right ? there.x - here.x : here.x - there.x;
    if (dx <= 4) continue;
    const away = dx + 4 * Math.abs(there.y - here.y);
    if (best === null || away < best.away) best = { away, other };
  }
  return best?.other ?? node;
};

page.graphStep = (node, key, boxes) => {
  if (key === "ArrowDown" || key === "ArrowUp") {
    const ends = along(node, key === "ArrowDown");
    if (ends.length > 0) return ends[0];
    const order = boxes.filter((box) => box.layers.length > 0).sort((a, b) => a.layers[0] - b.layers[0]);
    const place = order.indexOf(node) + (key === "ArrowDown" ? 1 : -1);
    return order[Math.min(order.length - 1, Math.max(0, place))] ?? node;
  }
  if (key === "ArrowLeft" || key === "ArrowRight") return beside(node, key === "ArrowRight", boxes);
  return node;
};
