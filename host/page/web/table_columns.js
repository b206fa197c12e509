// The columns of the table of layers.
const { format } = page;
const stateText = { e: "equal", c: "close", d: "DIFFERS", "-": "–" };
const stateMood = { e: "good", c: "doubtful", d: "bad", "-": "" };

const fixed = () => [
  { title: "#", field: "layer", sorter: "number", hozAlign: "right", width: 60, frozen: true },
  { title: "layer", field: "name", sorter: "string", headerFilter: "input", headerFilterPlaceholder: "filter", minWidth: 170, width: 215, frozen: true },
  { title: "operator", field: "op", sorter: "string", headerFilter: "input", headerFilterPlaceholder: "filter", width: 104 },
  { title: "type", field: "dtype", sorter: "string", headerFilter: "input", headerFilterPlaceholder: "filter", width: 70 },
  { title: "shape", field: "shape", sorter: "string", hozAlign: "right", width: 132 },
];

const byState = (cell) => {
  const state = cell.getValue();
  cell.getElement().dataset.mood = stateMood[state];
  return stateText[state];
};

const boardColumns = () => page.boards.map((board, i) => ({
  title: page.escaped(board.name), field: `board${i}`, formatter: byState, width: 104,
  headerTooltip: "whether the bytes are the PC's",
}));

// null stands last, in either order.
const sorter = (a, b, _a, _b, _column, dir) => {
  if (a === null || b === null) {
    if (a === b) return 0;
    const last = a === null ? 1 : -1;
    return dir === "asc" ? last : -last;
  }
  return a - b;
};

const markOf = { bad: "▼ ", doubtful: "", good: "", "": "" };

const measureColumn = (measure, i) => ({
  title: `${page.escaped(format.title(measure))}<small>${page.escaped(measure.from)}</small>`,
  field: `m${i}`, sorter, hozAlign: "right", visible: measure.shown, headerTooltip: measure.explain,
  headerSortStartingDir: measure.better === "more" ? "asc" : "desc", minWidth: 92,
  headerFilter: measure.better ? "input" : undefined, headerFilterPlaceholder: measure.better === "more" ? "at most" : "at least",
  headerFilterFunc: (wanted, value) => {
    const limit = Number(wanted);
    if (Number.isNaN(limit) || wanted === "") return true;
    return value !== null && (measure.better === "more" ? value <= limit : value >= limit);
  },
  formatter: (cell) => {
    const value = cell.getValue();
    const mood = page.moodOf(measure, value);
    const into = cell.getElement();
    into.dataset.mood = mood;
    if (!measure.better && value !== null) {
      into.style.setProperty("--part", `${Math.round(100 * page.position(measure, value))}%`);
      into.classList.add("amount");
    }
    return markOf[mood] + format.number(measure, value);
  },
});

page.tableColumns = () => {
  const measures = page.inOrder(page.measures.filter((measure) => measure.id !== "boards"));
  return [...fixed(), ...boardColumns(), ...measures.map((measure) => measureColumn(measure, page.measures.indexOf(measure)))];
};

page.tableRows = () => page.layers.map((layer, i) => {
  const row = { layer: i, name: layer.name, op: layer.op, dtype: layer.dtype, shape: format.shape(layer.shape) };
  page.boards.forEach((board, b) => { row[`board${b}`] = board.states[i]; });
  page.measures.forEach((measure, m) => { row[`m${m}`] = measure.values[i]; });
  return row;
});
