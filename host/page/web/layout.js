// Where everything of the graph lies: one layout for each open group, kept until something in it folds or opens.
const leafSize = { width: 176, height: 40 };
const headHeight = 24;

// The edges of each group: between its children, each pair once.
const linkGroups = () => {
  const { leaves, input, all } = page.groups;
  for (const node of all) if (node.group) node.links = new Map();
  const chainOf = (node) => [node, ...page.ancestors(node)];
  for (const [from, to] of page.data.edges) {
    const source = from < 0 ? input : leaves[from];
    const up = chainOf(leaves[to]);
    let below = source;
    for (let group = source.parent; group; below = group, group = group.parent) {
      const place = up.indexOf(group);
      if (place < 0) continue;
      const other = up[place - 1];
      if (below !== other) {
        const key = `${below.id} ${other.id}`;
        const link = group.links.get(key) ?? { from: below, to: other, count: 0 };
        link.count += 1;
        group.links.set(key, link);
      }
      break;
    }
  }
};

const layoutGroup = (group) => {
  if (group.layout) return group.layout;
  const graph = new dagre.graphlib.Graph();
  graph.setGraph({ rankdir: "TB", nodesep: 16, ranksep: 22, marginx: 12, marginy: 10 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const child of group.children) {
    const size = child.group && !child.folded ? layoutGroup(child) : leafSize;
    graph.setNode(String(child.id), { width: size.width, height: size.height });
  }
  for (const link of group.links.values()) graph.setEdge(String(link.from.id), String(link.to.id));
  dagre.layout(graph);
  const head = group.parent ? headHeight : 0;
  const places = new Map();
  for (const child of group.children) {
    const at = graph.node(String(child.id));
    places.set(child, { x: at.x - at.width / 2, y: at.y - at.height / 2 + head, width: at.width, height: at.height });
  }
  const edges = [];
  for (const link of group.links.values()) {
    const edge = graph.edge(String(link.from.id), String(link.to.id));
    edges.push({ link, points: edge.points.map(({ x, y }) => [x, y + head]) });
  }
  const { width, height } = graph.graph();
  group.layout = { width: Math.max(width, leafSize.width), height: height + head, places, edges };
  return group.layout;
};

linkGroups();

page.layout = {
  of: layoutGroup,
  leafSize,
  headHeight,
  // Folds or opens; the layouts around it are made anew.
  fold(group, folded) {
    if (group.folded === folded || !group.parent) return;
    group.folded = folded;
    for (const around of page.ancestors(group)) around.layout = null;
  },
  // In the coordinates of the whole; of a folded one the group that hides it.
  placeOf(node) {
    let shown = node;
    for (const group of page.ancestors(node)) if (group.folded) shown = group;
    let x = 0;
    let y = 0;
    for (let at = shown; at.parent; at = at.parent) {
      const place = layoutGroup(at.parent).places.get(at);
      x += place.x;
      y += place.y;
    }
    const { width, height } = shown.parent ? layoutGroup(shown.parent).places.get(shown) : layoutGroup(shown);
    return { node: shown, x, y, width, height };
  },
};
