// The part of the graph that is in sight: dragging, the wheel, buttons.
page.graphView = (svg, canvas) => {
  const zoom = d3.zoom().scaleExtent([0.04, 3])
    // The wheel alone scrolls the page as long as the graph is not in use.
    .filter((event) => (event.type === "wheel" ? event.ctrlKey || svg.contains(document.activeElement) : !event.button))
    .on("zoom", (event) => canvas.setAttribute("transform", event.transform));
  const selected = d3.select(svg);
  selected.call(zoom).on("dblclick.zoom", null);
  const size = () => ({ width: svg.clientWidth || 800, height: svg.clientHeight || 480 });
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const go = (transform, at_once) => {
    if (still || at_once) selected.call(zoom.transform, transform);
    else selected.transition().duration(250).call(zoom.transform, transform);
  };
  return {
    by: (factor) => selected.call(zoom.scaleBy, factor),
    // All of it, but never so small that nothing can be read: then its beginning.
    fit(whole, at_once = true, least = 0.02) {
      const { width, height } = size();
      const scale = Math.max(least, Math.min(1.2, width / (whole.width + 20), height / (whole.height + 20)));
      const y = whole.height * scale <= height ? (height - whole.height * scale) / 2 : 8;
      go(d3.zoomIdentity.translate((width - whole.width * scale) / 2, y).scale(scale), at_once);
    },
    // So that the place is in sight, and large enough to be read.
    show(place, at_once = false) {
      const { width, height } = size();
      const now = d3.zoomTransform(svg);
      const scale = Math.max(now.k, 0.8);
      const x = place.x + place.width / 2;
      const y = place.y + place.height / 2;
      const [left, top] = now.apply([x, y]);
      if (now.k >= 0.5 && left > 90 && left < width - 90 && top > 30 && top < height - 30) return;
      go(d3.zoomIdentity.translate(width / 2 - x * scale, height / 2 - y * scale).scale(scale), at_once);
    },
  };
};
