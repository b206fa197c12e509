// The layers as a tree: by the parts of their names, or by ranges of positions where names have no parts.
const mostSingles = 60; // layers of one group that are not in groups of their own
const rangeSize = 25;

const partsOf = () => {
  const names = page.layers.map((layer) => layer.name.replace(/^\/+/, ""));
  const slashed = names.some((name) => name.includes("/"));
  return names.map((name) => name.split(slashed ? "/" : ".").filter((part) => part !== ""));
};

const newGroup = (label, parent) => ({ label, parent, children: [], folded: true, group: true });

const leafOf = (layer, label, parent) => ({ label, parent, layer, layers: [layer], group: false });

// The layers below, in order.
const fill = (node) => {
  if (!node.group) return node.layers;
  node.layers = node.children.flatMap(fill).sort((a, b) => a - b);
  return node.layers;
};

// A group of one becomes what is in it; many layers side by side become ranges.
const tidy = (group) => {
  group.children = group.children.map((child) => {
    if (!child.group) return child;
    tidy(child);
    if (child.children.length !== 1) return child;
    const only = child.children[0];
    only.label = `${child.label}/${only.label}`;
    only.parent = group;
    return only;
  });
  const singles = group.children.filter((child) => !child.group);
  if (singles.length <= mostSingles) return;
  const others = group.children.filter((child) => child.group);
  for (let from = 0; from < singles.length; from += rangeSize) {
    const part = singles.slice(from, from + rangeSize);
    const range = newGroup(`layers ${part[0].layer}–${part[part.length - 1].layer}`, group);
    range.children = part;
    for (const leaf of part) leaf.parent = range;
    others.push(range);
  }
  group.children = others;
};

page.groups = (() => {
  let root = newGroup("", null);
  const leaves = [];
  partsOf().forEach((parts, layer) => {
    let group = root;
    for (const part of parts.slice(0, -1)) {
      group.byName ??= new Map();
      if (!group.byName.has(part)) {
        const made = newGroup(part, group);
        group.byName.set(part, made);
        group.children.push(made);
      }
      group = group.byName.get(part);
    }
    const leaf = leafOf(layer, parts[parts.length - 1] ?? `layer ${layer}`, group);
    group.children.push(leaf);
    leaves.push(leaf);
  });
  tidy(root);
  while (root.children.length === 1 && root.children[0].group) {
    root = root.children[0];
    root.parent = null;
  }
  if (page.data.edges.some(([from]) => from < 0)) {
    root.children.unshift({ label: "input", parent: root, layer: -1, layers: [], group: false, input: true });
  }
  root.folded = false;
  fill(root);
  const all = [];
  const walk = (node) => {
    node.id = all.length;
    all.push(node);
    if (node.group) node.children.forEach(walk);
  };
  walk(root);
  // A small network is shown whole.
  if (page.layers.length <= 40) all.forEach((node) => { node.folded = false; });
  return { root, leaves, all, input: root.children.find((child) => child.input) };
})();

page.ancestors = (node) => {
  const chain = [];
  for (let group = node.parent; group; group = group.parent) chain.push(group);
  return chain;
};
