// On paper the table is all of its rows, and everything is light.
const mostColumns = 12;
const measureOf = (field) => (/^m\d+$/.test(field) ? page.measures[Number(field.slice(1))] : null);

page.makePrint = () => {
  const { element } = page;
  let paper = null;
  addEventListener("beforeprint", () => {
    paper?.remove();
    page.graph.fit();
    // As many as a sheet has room for; a second build's are in its own section.
    const columns = page.table.getColumns().filter((column) => column.isVisible()).map((column) => column.getField())
      .filter((field) => field !== "shape" && !measureOf(field)?.id.startsWith("second.")).slice(0, mostColumns);
    const titleOf = (field) => {
      const measure = measureOf(field);
      if (measure) return [page.format.title(measure), element("br"), measure.from];
      return field.startsWith("board") ? page.boards[Number(field.slice(5))].name : { layer: "#", op: "operator", dtype: "type", name: "layer" }[field] ?? field;
    };
    const states = { e: "equal", c: "close", d: "DIFFERS", "-": "–" };
    const cell = (row, field) => {
      const measure = measureOf(field);
      if (measure) return element("td", { class: "number", "data-mood": page.moodOf(measure, row[field]) }, page.format.number(measure, row[field]));
      return element("td", {}, String(field.startsWith("board") ? states[row[field]] : row[field]));
    };
    paper = element("table", { class: "plain paper" },
      element("thead", {}, element("tr", {}, columns.map((field) => element("th", {}, titleOf(field))))),
      element("tbody", {}, page.table.getRows("active").map((row) => element("tr", {}, columns.map((field) => cell(row.getData(), field))))));
    document.getElementById("layers").append(paper);
  });
  addEventListener("afterprint", () => {
    paper?.remove();
    paper = null;
  });
};
