// The order of the page's parts.
const begin = performance.now();
document.getElementById("title").textContent = page.data.title;
page.makeTheme();
page.makeDetails();
page.makeSummary();
page.makeGraph();
page.makeTable();
page.makeDepth();
page.makeTime();
page.makeMemory();
page.makeBoards();
page.makePictures();
page.makeBuilds();
page.makeCards();
page.makeSearch();
page.makePrint();
page.table.on("tableBuilt", () => {
  page.selection.choose(page.firstLayer().layer, "start");
  // For whoever measures: how long the page took from its beginning until all of it stood.
  requestAnimationFrame(() => {
    page.standing = performance.now();
    page.ownTime = page.standing - begin;
    document.documentElement.dataset.standing = String(Math.round(page.standing));
  });
});
