// The part of the graph that is in sight: dragging, the wheel, buttons, and bars that show which part it is.
// `wholeOf` gives the size of all of it.
page.graphView = (svg, canvas, wholeOf) => {
  const bars = [page.svgElement("rect", { class: "bar", rx: 2 }), page.svgElement("rect", { class: "bar", rx: 2 })];
  svg.append(...bars);
  const size = () => ({ width: svg.clientWidth || 800, height: svg.clientHeight || 480 });
  const spanOf = (length, offset, scale, all) => {
    const from = Math.max(0, Math.min(1, -offset / scale / all));
    const to = Math.max(0, Math.min(1, (length - offset) / scale / all));
    return to - from > 0.999 ? [0, 0] : [from * length, Math.max(12, (to - from) * length)];
  };
  const mark = () => {
    const { x, y, k } = d3.zoomTransform(svg);
    const { width, height } = size();
    const [left, across] = spanOf(width, x, k, wholeOf().width);
    const [top, down] = spanOf(height, y, k, wholeOf().height);
    for (const [name, value] of Object.entries({ x: left, y: height - 7, width: across, height: 5 })) bars[0].setAttribute(name, value);
    for (const [name, value] of Object.entries({ x: width - 7, y: top, width: 5, height: down })) bars[1].setAttribute(name, value);
  };
  const zoom = d3.zoom().scaleExtent([0.04, 3])
    .filter((event) => (event.type === "wheel" ? event.ctrlKey : !event.button))
    .on("zoom", (event) => {
      canvas.setAttribute("transform", event.transform);
      mark();
    });
  const selected = d3.select(svg);
  selected.call(zoom).on("dblclick.zoom", null);
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const go = (transform, at_once) => {
    if (still || at_once) selected.call(zoom.transform, transform);
    else selected.transition().duration(250).call(zoom.transform, transform);
  };
  // Not beyond the ends; what fits is in the middle.
  const kept = (offset, length, all) => (all <= length ? (length - all) / 2 : Math.min(10, Math.max(length - all - 10, offset)));
  const at = (scale, x, y) => {
    const { width, height } = size();
    return d3.zoomIdentity.translate(kept(x, width, wholeOf().width * scale), kept(y, height, wholeOf().height * scale)).scale(scale);
  };
  // The wheel alone scrolls the page as long as the graph is not in use.
  svg.addEventListener("wheel", (event) => {
    if (event.ctrlKey || !svg.contains(document.activeElement)) return;
    event.preventDefault();
    const { x, y, k } = d3.zoomTransform(svg);
    const lines = event.deltaMode === 1 ? 16 : 1;
    go(at(k, x - lines * (event.shiftKey ? event.deltaY : event.deltaX), y - (event.shiftKey ? 0 : lines * event.deltaY)), true);
  }, { passive: false });
  return {
    mark,
    by: (factor) => selected.call(zoom.scaleBy, factor),
    // All of it, but never so small that nothing can be read: then what is around a place.
    fit(at_once = true, least = 0.02, around = null) {
      const { width, height } = size();
      const whole = wholeOf();
      const scale = Math.max(least, Math.min(1.2, width / (whole.width + 20), height / (whole.height + 20)));
      const middle = around ? [around.x + around.width / 2, around.y + around.height / 2] : [whole.width / 2, 0];
      go(at(scale, width / 2 - middle[0] * scale, height / 2 - middle[1] * scale), at_once);
    },
    // So that the place is in sight, and large enough to be read.
    show(place, at_once = false) {
      const { width, height } = size();
      const now = d3.zoomTransform(svg);
      const scale = Math.max(now.k, 0.9);
      const x = place.x + place.width / 2;
      const y = place.y + place.height / 2;
      const [left, top] = now.apply([x, y]);
      if (now.k >= 0.7 && left > 90 && left < width - 90 && top > 30 && top < height - 30) return;
      go(d3.zoomIdentity.translate(width / 2 - x * scale, height / 2 - y * scale).scale(scale), at_once);
    },
  };
};
