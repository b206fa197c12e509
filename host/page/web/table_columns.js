// The columns of the table of layers.
const { format } = page;
const stateText = { e: "equal", c: "close", d: "DIFFERS", "-": "–" };
const stateMood = { e: "good", c: "doubtful", d: "bad", "-": "" };

const fixed = () => [
  { title: "#", field: "layer", sorter: "number", hozAlign: "right", width: 50, frozen: true },
  { title: "layer", field: "name", sorter: "string", headerFilter: "input", headerFilterPlaceholder: "filter", minWidth: 150, width: 190, frozen: true },
  { title: "operator", field: "op", sorter: "string", headerFilter: "input", headerFilterPlaceholder: "filter", width: 92 },
  { title: "type", field: "dtype", sorter: "string", headerFilter: "input", headerFilterPlaceholder: "filter", width: 58 },
];

const shape = { title: "shape", field: "shape", sorter: "string", hozAlign: "right", width: 116 };

const byState = (cell) => {
  const state = cell.getValue();
  cell.getElement().dataset.mood = stateMood[state];
  return stateText[state];
};

const boardColumns = () => page.boards.map((board, i) => ({
  title: page.escaped(board.name), field: `board${i}`, formatter: byState, width: 76,
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
  field: `m${i}`, sorter, hozAlign: "right", visible: measure.shown, headerTooltip: measure.over ? `${measure.explain}; ${measure.over}` : measure.explain,
  headerSortStartingDir: measure.better === "more" ? "asc" : "desc", minWidth: 78, width: measure.scale === "cosine" ? 88 : 78,
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
    if (measure.unit === "B" && value !== null) into.title = format.exactBytes(value);
    if (!measure.better && value !== null) {
      into.style.setProperty("--part", `${Math.round(100 * page.position(measure, value))}%`);
      into.classList.add("amount");
    }
    return markOf[mood] + format.number(measure, value);
  },
});

// What is looked for first is in sight without scrolling: accuracy in one measure, and time.
const placeOf = (measure) => {
  if (measure.family === "time" || measure.family === "share") return 1;
  return measure.family === "error" && measure.scale !== "cosine" ? 0 : 2;
};

page.tableColumns = () => {
  const measures = d3.sort(page.inOrder(page.measures.filter((measure) => measure.id !== "boards")), placeOf);
  const columns = measures.map((measure) => measureColumn(measure, page.measures.indexOf(measure)));
  return [...fixed(), ...boardColumns(), ...columns, shape];
};

page.tableRows = () => page.layers.map((layer, i) => {
  const row = { layer: i, name: layer.name, op: layer.op, dtype: layer.dtype, shape: format.shape(layer.shape) };
  page.boards.forEach((board, b) => { row[`board${b}`] = board.states[i]; });
  page.measures.forEach((measure, m) => { row[`m${m}`] = measure.values[i]; });
  return row;
});
