// The drawing beside a form: a click puts the point into the fields lng and lat, typing there moves the point.
// Dragging pans, the wheel and the buttons zoom. Degrees are WGS-84.
"use strict";
for (const box of document.querySelectorAll("[data-picker]")) {
  const svg = box.querySelector("svg"), spot = box.querySelector(".spot"), told = box.querySelector("[data-told]");
  const lng = document.getElementById("f-lng"), lat = document.getElementById("f-lat");
  const left = +box.dataset.left, top = +box.dataset.top, perX = +box.dataset.x, perY = +box.dataset.y;
  const whole = svg.viewBox.baseVal, full = { width: whole.width, height: whole.height };
  const land = [...svg.querySelectorAll(".land")];
  let zoom = 1, from = null, moved = false;

  const place = () => {
    const x = (Number(lng.value) - left) / perX, y = (top - Number(lat.value)) / perY;
    const known = lng.value.trim() !== "" && lat.value.trim() !== "" && isFinite(x) && isFinite(y);
    spot.setAttribute("cx", known ? x : -99);
    spot.setAttribute("cy", known ? y : -99);
    const inside = known && land.some((one) => one.isPointInFill(new DOMPoint(x, y)));
    told.textContent = !known ? "" : inside ? "在昆山范围内" : "不在昆山范围内，保存时会拒绝";
  };
  const at = (event) => {
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    return [point.x, point.y];
  };
  const look = (x, y, width) => {  // a part of the drawing, kept within it
    const height = width * full.height / full.width;
    whole.x = Math.min(Math.max(0, x), full.width - width);
    whole.y = Math.min(Math.max(0, y), full.height - height);
    whole.width = width;
    whole.height = height;
    zoom = full.width / width;
    svg.querySelectorAll("text").forEach((one) => one.setAttribute("font-size", 11 / zoom));
    spot.setAttribute("r", 6 / zoom);
  };
  const zoomAt = (x, y, times) => {
    const width = Math.min(full.width, Math.max(full.width / 32, whole.width / times));
    look(x - (x - whole.x) * width / whole.width, y - (y - whole.y) * width / whole.width, width);
  };

  svg.addEventListener("pointerdown", (event) => {
    from = { point: at(event), x: event.clientX, y: event.clientY };
    moved = false;
    svg.setPointerCapture(event.pointerId);
  });
  svg.addEventListener("pointermove", (event) => {
    if (!from) return;
    moved ||= Math.hypot(event.clientX - from.x, event.clientY - from.y) > 4;
    if (!moved) return;
    const [x, y] = at(event);
    look(whole.x + from.point[0] - x, whole.y + from.point[1] - y, whole.width);
  });
  svg.addEventListener("pointerup", (event) => {
    if (from && !moved) {
      const [x, y] = at(event);
      lng.value = (left + x * perX).toFixed(6);
      lat.value = (top - y * perY).toFixed(6);
      place();
    }
    from = null;
  });
  svg.addEventListener("wheel", (event) => {
    event.preventDefault();
    zoomAt(...at(event), event.deltaY < 0 ? 1.5 : 1 / 1.5);
  }, { passive: false });
  box.addEventListener("click", (event) => {
    const way = event.target.closest("[data-zoom]")?.dataset.zoom;
    if (!way) return;
    const known = Number(spot.getAttribute("cx")) >= 0;
    const x = known ? Number(spot.getAttribute("cx")) : whole.x + whole.width / 2;
    const y = known ? Number(spot.getAttribute("cy")) : whole.y + whole.height / 2;
    zoomAt(x, y, way === "in" ? 2 : 0.5);
  });
  lng.addEventListener("input", place);
  lat.addEventListener("input", place);
  place();
}
