// The boards beside each other: which layers are the PC's, and which are not.
page.makeBoards = () => {
  if (page.boards.length === 0) return;
  const { element, format } = page;
  const section = page.section("boards", "Boards", "Every board ran the same input; a layer is equal if its bytes have the PC's md5.");
  const count = (board, state) => [...board.states].filter((one) => one === state).length;
  const rows = page.boards.map((board) => {
    const first = board.states.indexOf("d");
    const differs = count(board, "d");
    return element("tr", {},
      element("th", { scope: "row" }, board.name),
      element("td", { "data-mood": differs || board.differing_builds.length ? "bad" : "good" },
        differs ? "differs" : board.differing_builds.length ? "another build differs" : count(board, "c") ? "within tolerance" : "exact"),
      element("td", { class: "number" }, String(count(board, "e"))),
      element("td", { class: "number" }, String(count(board, "c"))),
      element("td", { class: "number" }, String(differs)),
      element("td", {}, first < 0 ? "–" : page.layerButton(first)),
      element("td", { class: "number" }, board.seconds === null ? "–" : format.significant(board.seconds, 3)));
  });
  section.append(element("table", { class: "plain" },
    element("thead", {}, element("tr", {}, ["board", "verdict", "equal", "close", "differ", "first that differs", "seconds"].map((title) => element("th", { scope: "col" }, title)))),
    element("tbody", {}, rows)));
  if (!page.boards.some((board) => /[cd]/.test(board.states))) return;
  // Runs of layers of one state.
  const runs = page.boards.flatMap((board) => [...board.states.matchAll(/(.)\1*/g)]
    .map((run) => ({ board: board.name, from: run.index - 0.5, to: run.index + run[0].length - 0.5, state: run[1] })));
  const fills = { e: "var(--good)", c: "var(--doubtful)", d: "var(--bad)", "-": "var(--none)" };
  section.append(page.layerChart("boards along the layers", (width) => Plot.plot({
    width, height: 54 + 26 * page.boards.length, ...page.chartMargins, marginLeft: 130, style: page.chartStyle,
    x: page.layerAxis(), y: { label: null, domain: page.boards.map((board) => board.name), padding: 0.2 },
    marks: [
      Plot.barX(runs, { x1: "from", x2: "to", y: "board", fill: (run) => fills[run.state], fillOpacity: (run) => (run.state === "e" ? 0.35 : 1) }),
      ...page.chosenRule(),
    ],
  })));
};
