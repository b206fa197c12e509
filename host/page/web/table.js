// The table of layers: sorted by a click on a title, filtered by the fields below, chosen by a click or by keys.
const anyBad = () => page.measures.some((measure) => measure.shown && measure.values.some((value) => page.moodOf(measure, value) === "bad"));

page.makeTable = () => {
  const { element, selection } = page;
  const section = page.section("layers", "Layers",
    `Titles sort. ${anyBad() ? "▼ marks what is bad" : "No figure is in the bad range, which ▼ would mark"}. Arrow keys move within the table, Enter chooses.`);
  const tools = element("div", { class: "tools" });
  const holder = element("div", { class: "table", tabindex: "0", "aria-label": "table of layers" });
  section.append(tools, holder);
  const columns = page.tableColumns();
  let found = null;
  const table = new Tabulator(holder, {
    data: page.tableRows(), columns, index: "layer", height: Math.min(520, 80 + 25 * page.layers.length),
    layout: "fitDataStretch", selectableRows: 1, columnDefaults: { headerSortTristate: true, headerWordWrap: true },
    placeholder: "no layer passes the filters",
  });

  const visible = element("div", { class: "list" });
  const menu = element("details", { class: "menu" }, element("summary", {}, "columns"), visible);
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    menu.open = false;
    menu.firstChild.focus();
  });
  const count = element("span", { class: "dim", role: "status" });
  const button = (text, act) => element("button", { type: "button", onclick: act }, text);
  tools.append(menu, button("no filters", () => {
    table.clearHeaderFilter();
    document.getElementById("search").value = "";
    document.getElementById("search").dispatchEvent(new Event("input"));
  }), button("CSV", () => table.download("csv", `${page.data.title}.csv`)), count);

  const mark = (row) => {
    for (const chosen of table.getSelectedRows()) if (chosen !== row) chosen.deselect();
    row.select();
  };
  table.on("tableBuilt", () => {
    for (const column of table.getColumns()) {
      const field = column.getField();
      const head = column.getElement();
      const title = [...head.querySelector(".tabulator-col-title").childNodes].map((part) => part.textContent).join(" · ");
      visible.append(element("label", {}, element("input", {
        type: "checkbox", checked: column.isVisible(), onchange: () => column.toggle(),
      }), title));
      head.tabIndex = 0;
      head.addEventListener("keydown", (event) => {
        if (event.target !== head || (event.key !== "Enter" && event.key !== " ")) return;
        event.preventDefault();
        event.stopPropagation();
        head.querySelector(".tabulator-col-content").click();
      });
      head.dataset.field = field;
    }
  });
  table.on("rowClick", (_event, row) => selection.choose(row.getData().layer, "table"));
  table.on("dataFiltered", (_filters, rows) => {
    count.textContent = rows.length === page.layers.length ? `${rows.length} layers` : `${rows.length} of ${page.layers.length} layers`;
  });
  holder.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 15, PageUp: -15, Home: -1e9, End: 1e9 }[event.key];
    if (event.target.closest("input, .tabulator-header") || (!step && event.key !== "Enter")) return;
    event.preventDefault();
    event.stopPropagation();
    const rows = table.getRows("active");
    if (rows.length === 0) return;
    const at = rows.findIndex((row) => row.getData().layer === selection.layer);
    const next = event.key === "Enter" ? Math.max(0, at) : Math.max(0, Math.min(rows.length - 1, at + step));
    selection.choose(rows[next].getData().layer, "keys");
  }, true);
  selection.onChange((layer, origin) => {
    const row = table.getRow(layer);
    if (!row) return;
    mark(row);
    if (origin !== "table" && origin !== "start" && table.getRows("active").includes(row)) {
      table.scrollToRow(row, "center", false).catch(() => {});
    }
  });
  page.onSearch((layers) => {
    found = layers;
    if (found) table.setFilter((row) => found.has(row.layer));
    else table.clearFilter();
  });
  page.table = table;
};
