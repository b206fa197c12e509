// Two builds of one network side by side.
page.makeBuilds = () => {
  const { element } = page;
  for (const comparison of page.data.comparisons) {
    const section = page.section("builds", "Two builds",
      "Blue is better in the second, orange is worse. The second's figures for each layer are columns of the table and lines along the depth.");
    section.append(element("table", { class: "plain" },
      element("thead", {}, element("tr", {}, ["", "this one", comparison.name].map((title) => element("th", { scope: "col" }, title)))),
      element("tbody", {}, comparison.rows.map((row) => element("tr", {},
        element("th", { scope: "row" }, row.what), element("td", { class: "number" }, row.first),
        element("td", { class: "number", "data-mood": row.mood === "none" ? "" : row.mood }, row.second))))));
  }
};
