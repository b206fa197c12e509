// Tooltips follow the mouse, not what scrolls under it: a browser says that the pointer moved or entered also where the
// page moved alone.
let last = null;
for (const type of ["pointerenter", "pointermove"]) {
  addEventListener(type, (event) => {
    const stays = last !== null && event.screenX === last.x && event.screenY === last.y;
    if (type === "pointermove") last = { x: event.screenX, y: event.screenY };
    if (stays && event.target instanceof Element && event.target.closest(".chart")) event.stopImmediatePropagation();
  }, true);
}
