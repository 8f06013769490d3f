// The drawing of /map: our own boundary and points on a canvas, tiles under them when a provider is set.
// World units are those of Web Mercator: 0..1 from west to east and from north to south. All points are WGS-84.
"use strict";
document.documentElement.classList.add("with-script");

const MIN_ZOOM = 8, MAX_ZOOM = 18, CLUSTER_PX = 52, SINGLE_FROM = 15, NEAR_ZOOM = 14.5;
const box = document.getElementById("map"), canvas = box.querySelector("canvas"), pen = canvas.getContext("2d");
const form = document.getElementById("asked"), list = document.getElementById("list"), told = document.getElementById("told");
const still = matchMedia("(prefers-reduced-motion: reduce)");
let data = null, wanted = 0, onlyOpen = false, chosen = "", me = null, meLabel = "", picking = false, colours = {};
let view = { x: 0.835, y: 0.41, zoom: 10 };

const worldX = (lng) => (lng + 180) / 360;
const worldY = (lat) => (1 - Math.asinh(Math.tan(lat * Math.PI / 180)) / Math.PI) / 2;
const lngOf = (x) => x * 360 - 180;
const latOf = (y) => Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180 / Math.PI;
const scale = () => 256 * 2 ** view.zoom;
const px = (x, y) => [(x - view.x) * scale() + canvas.clientWidth / 2, (y - view.y) * scale() + canvas.clientHeight / 2];

// -- drawing ---------------------------------------------------------------------------------------------------

let due = false;
function draw() {
  if (!due) { due = true; requestAnimationFrame(paint); }
}

function readColours() {
  const style = getComputedStyle(document.documentElement);
  for (const name of ["ink", "paper", "soft", "accent", "on-accent", "land", "water", "edge", "closed", "unknown", "me"]) {
    colours[name] = style.getPropertyValue("--" + name).trim();
  }
}

function paint() {
  due = false;
  const ratio = window.devicePixelRatio || 1, width = canvas.clientWidth, height = canvas.clientHeight;
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
  }
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.fillStyle = colours.water;
  pen.fillRect(0, 0, width, height);
  if (!data) return;
  paintBoundary(!tiles.on);
  if (tiles.on) { tiles.paint(); paintBoundary(false); }
  const taken = [];
  if (!tiles.on) {
    paintNames(data.districts, 15, "600 ", taken, false);
    if (view.zoom >= 11.5) paintNames(data.metro, 12, "", taken, true);
  }
  paintStations();
  if (me) paintMe();
}

function paintBoundary(fill) {
  pen.beginPath();
  for (const ring of data.boundary) {
    ring.forEach(([lng, lat], at) => {
      const [x, y] = px(worldX(lng), worldY(lat));
      if (at) pen.lineTo(x, y); else pen.moveTo(x, y);
    });
    pen.closePath();
  }
  if (fill) { pen.fillStyle = colours.land; pen.fill(); }
  pen.lineWidth = 2;
  pen.strokeStyle = colours.edge;
  pen.stroke();
}

function text(words, x, y, font, colour) {
  pen.font = font + " -apple-system, 'PingFang SC', 'Noto Sans CJK SC', 'Microsoft YaHei', sans-serif";
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.lineJoin = "round";
  pen.lineWidth = 4;
  pen.strokeStyle = colours.paper;
  pen.strokeText(words, x, y);
  pen.fillStyle = colour;
  pen.fillText(words, x, y);
}

function paintNames(rows, size, weight, taken, dot) {
  for (const [name, lng, lat] of rows) {
    if (me && name === meLabel) continue;
    const [x, y] = px(worldX(lng), worldY(lat)), half = name.length * size / 2 + 4;
    if (x < -80 || y < -30 || x > canvas.clientWidth + 80 || y > canvas.clientHeight + 30) continue;
    const spot = [x - half, y - size, x + half, y + size];
    if (taken.some((o) => spot[0] < o[2] && spot[2] > o[0] && spot[1] < o[3] && spot[3] > o[1])) continue;
    taken.push(spot);
    if (dot) {
      pen.fillStyle = colours.soft;
      pen.fillRect(x - 3, y - 3, 6, 6);
    }
    text(name, x, dot ? y + 13 : y, `${weight}${size}px`, colours.soft);
  }
}

const fits = (one) => (one[5] & wanted) === wanted && (!onlyOpen || one[4] === 1);

// A station joins the first group whose first member is near; made anew for a whole zoom step only, so that groups
// stay together while the map is dragged.
function groups() {
  if (groups.at === groups.key()) return groups.held;
  const near = (CLUSTER_PX / (256 * 2 ** Math.round(view.zoom))) ** 2, alone = view.zoom >= SINGLE_FROM, made = [];
  for (const one of data.stations) {
    if (!fits(one) || one[0] === chosen) continue;
    const home = alone ? null : made.find((g) => (g.members[0].x - one.x) ** 2 + (g.members[0].y - one.y) ** 2 < near);
    if (home) home.members.push(one); else made.push({ members: [one], x: one.x, y: one.y });
  }
  groups.held = made;
  groups.at = groups.key();
  return made;
}
groups.key = () => [Math.round(view.zoom), view.zoom >= SINGLE_FROM, wanted, onlyOpen, chosen].join();

function paintStations() {
  for (const group of groups()) {
    const [x, y] = px(group.x, group.y);
    if (x < -40 || y < -40 || x > canvas.clientWidth + 40 || y > canvas.clientHeight + 40) continue;
    if (group.members.length === 1) paintOne(group.members[0], x, y, 7);
    else paintCluster(group.members.length, x, y);
    if (group.members.length === 1 && view.zoom >= 16) text(group.members[0][1], x, y + 18, "13px", colours.ink);
  }
  const one = data.stations.find((row) => row[0] === chosen);
  if (one) {
    const [x, y] = px(one.x, one.y);
    pen.beginPath();
    pen.arc(x, y, 16, 0, 7);
    pen.lineWidth = 3;
    pen.strokeStyle = colours.me;
    pen.stroke();
    paintOne(one, x, y, 9);
    text(one[1], x, y + 28, "600 15px", colours.ink);
  }
}

function paintOne(one, x, y, size) {
  const colour = one[4] === 1 ? colours.accent : one[4] === 0 ? colours.closed : colours.unknown;
  pen.beginPath();
  if (one[4] === 0) pen.rect(x - size + 1, y - size + 1, 2 * size - 2, 2 * size - 2); else pen.arc(x, y, size, 0, 7);
  pen.fillStyle = one[4] === 1 ? colour : colours.paper;
  pen.fill();
  pen.setLineDash(one[4] === null ? [2, 2] : []);
  pen.lineWidth = 2.5;
  pen.strokeStyle = one[4] === 1 ? colours.paper : colour;
  pen.stroke();
  pen.setLineDash([]);
}

function paintCluster(count, x, y) {
  pen.beginPath();
  pen.arc(x, y, count > 99 ? 20 : count > 9 ? 17 : 14, 0, 7);
  pen.fillStyle = colours.accent;
  pen.fill();
  pen.lineWidth = 2;
  pen.strokeStyle = colours.paper;
  pen.stroke();
  pen.font = "600 14px sans-serif";
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillStyle = colours["on-accent"];
  pen.fillText(count, x, y + 1);
}

function paintMe() {
  const [x, y] = px(worldX(me[0]), worldY(me[1]));
  pen.beginPath();
  pen.moveTo(x, y); pen.lineTo(x - 9, y - 16); pen.arc(x, y - 19, 9.5, 2.8, 0.34); pen.closePath();
  pen.fillStyle = colours.me;
  pen.fill();
  pen.lineWidth = 2;
  pen.strokeStyle = colours.paper;
  pen.stroke();
  text(meLabel, x, y + 12, "600 13px", colours.me);
}

// -- tiles of a provider: only when one is set -------------------------------------------------------------------

const tiles = {
  on: box.dataset.tiles !== "",
  held: new Map(),
  paint() {
    const zoom = Math.max(3, Math.min(18, Math.round(view.zoom))), count = 2 ** zoom, size = scale() / count;
    const [shiftX, shiftY] = box.dataset.datum === "gcj02" ? gcjShift() : [0, 0];
    const left = (view.x + shiftX) * count - canvas.clientWidth / 2 / size, top = (view.y + shiftY) * count - canvas.clientHeight / 2 / size;
    for (let x = Math.floor(left); x <= left + canvas.clientWidth / size; x++) {
      for (let y = Math.floor(top); y <= top + canvas.clientHeight / size; y++) {
        const image = this.get(zoom, x, y);
        if (image.complete && image.naturalWidth) pen.drawImage(image, (x - left) * size, (y - top) * size, size + 0.5, size + 0.5);
      }
    }
  },
  get(z, x, y) {
    const url = box.dataset.tiles.replace("{z}", z).replace("{x}", x).replace("{y}", y);
    if (!this.held.has(url)) {
      if (this.held.size > 300) this.held.clear();
      const image = new Image();
      image.referrerPolicy = "no-referrer";
      image.onload = draw;
      image.src = url;
      this.held.set(url, image);
    }
    return this.held.get(url);
  },
};

// How far GCJ-02 lies from WGS-84 at the middle of the view, in world units; the formula of bot/geo/datum.py.
function gcjShift() {
  const lng = lngOf(view.x), lat = latOf(view.y), x = lng - 105, y = lat - 35, sin = (part) => Math.sin(part * Math.PI);
  const root = Math.sqrt(Math.abs(x)), waves = (20 * sin(6 * x) + 20 * sin(2 * x)) * 2 / 3;
  const north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + waves
    + (20 * sin(y) + 40 * sin(y / 3)) * 2 / 3 + (160 * sin(y / 12) + 320 * sin(y / 30)) * 2 / 3;
  const east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + waves
    + (20 * sin(x) + 40 * sin(x / 3)) * 2 / 3 + (150 * sin(x / 12) + 300 * sin(x / 30)) * 2 / 3;
  const axis = 6378245, ecc = 0.006693421622965943, phi = lat * Math.PI / 180, magic = 1 - ecc * Math.sin(phi) ** 2;
  const toLat = north * 180 / (axis * (1 - ecc) / (magic * Math.sqrt(magic)) * Math.PI);
  const toLng = east * 180 / (axis / Math.sqrt(magic) * Math.cos(phi) * Math.PI);
  return [worldX(lng + toLng) - view.x, worldY(lat + toLat) - view.y];
}

// -- moving ----------------------------------------------------------------------------------------------------

function zoomTo(zoom, at) {
  const [cx, cy] = at || [canvas.clientWidth / 2, canvas.clientHeight / 2];
  const before = scale();
  const dx = cx - canvas.clientWidth / 2, dy = cy - canvas.clientHeight / 2;
  const wx = view.x + dx / before, wy = view.y + dy / before;
  view.zoom = Math.max(MIN_ZOOM, Math.min(MAX_ZOOM, zoom));
  view.x = wx - dx / scale();
  view.y = wy - dy / scale();
  draw();
}

function go(x, y, zoom) {
  const from = { ...view }, start = performance.now(), span = still.matches ? 0 : 250;
  const step = (now) => {
    const part = span ? Math.min(1, (now - start) / span) : 1, eased = part * (2 - part);
    view = { x: from.x + (x - from.x) * eased, y: from.y + (y - from.y) * eased, zoom: from.zoom + (zoom - from.zoom) * eased };
    draw();
    if (part < 1) requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
}

function wholeCity() {
  const corners = data.boundary.flat(), xs = corners.map((c) => worldX(c[0])), ys = corners.map((c) => worldY(c[1]));
  const wide = Math.max(...xs) - Math.min(...xs), tall = Math.max(...ys) - Math.min(...ys);
  const zoom = Math.log2(Math.min((canvas.clientWidth - 24) / wide, (canvas.clientHeight - 24) / tall) / 256);
  return [(Math.max(...xs) + Math.min(...xs)) / 2, (Math.max(...ys) + Math.min(...ys)) / 2, zoom];
}

const fingers = new Map();
let moved = 0, spread = 0;
const local = (event) => { const r = canvas.getBoundingClientRect(); return [event.clientX - r.left, event.clientY - r.top]; };

canvas.addEventListener("pointerdown", (event) => {
  canvas.setPointerCapture(event.pointerId);
  if (!fingers.size) moved = 0;
  fingers.set(event.pointerId, local(event));
  spread = 0;
});
canvas.addEventListener("pointermove", (event) => {
  const before = fingers.get(event.pointerId);
  if (!before) return;
  const now = local(event), share = fingers.size;
  view.x -= (now[0] - before[0]) / scale() / share;
  view.y -= (now[1] - before[1]) / scale() / share;
  moved += Math.abs(now[0] - before[0]) + Math.abs(now[1] - before[1]);
  fingers.set(event.pointerId, now);
  if (share === 2) {
    const [a, b] = [...fingers.values()], wide = Math.hypot(a[0] - b[0], a[1] - b[1]);
    if (spread) zoomTo(view.zoom + Math.log2(wide / spread), [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2]);
    spread = wide;
  }
  draw();
});
for (const name of ["pointerup", "pointercancel"]) {
  canvas.addEventListener(name, (event) => {
    if (!fingers.delete(event.pointerId)) return;
    spread = 0;
    if (name === "pointerup" && moved < 8 && !fingers.size) tap(local(event));
  });
}
canvas.addEventListener("wheel", (event) => {
  event.preventDefault();
  zoomTo(view.zoom - Math.sign(event.deltaY) * 0.5, local(event));
}, { passive: false });
canvas.addEventListener("keydown", (event) => {
  const step = 60 / scale();
  const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
  if (moves[event.key]) { view.x += moves[event.key][0]; view.y += moves[event.key][1]; draw(); }
  else if (event.key === "+" || event.key === "=") zoomTo(view.zoom + 1);
  else if (event.key === "-") zoomTo(view.zoom - 1);
  else return;
  event.preventDefault();
});
box.querySelector(".zoom").addEventListener("click", (event) => {
  const by = event.target.dataset.zoom;
  if (by === "0" && data) go(...wholeCity());
  else if (by) zoomTo(view.zoom + Number(by));
});

function tap([x, y]) {
  if (!data) return;
  if (picking) {
    setPicking(false);
    setMe(lngOf(view.x + (x - canvas.clientWidth / 2) / scale()), latOf(view.y + (y - canvas.clientHeight / 2) / scale()), "您点的位置");
    return;
  }
  let best = null, least = 24;
  for (const group of groups()) {
    const [gx, gy] = px(group.x, group.y), far = Math.hypot(gx - x, gy - y);
    if (far < least) { best = group; least = far; }
  }
  if (!best) return;
  if (best.members.length > 1) go(best.x, best.y, Math.min(MAX_ZOOM, Math.max(view.zoom + 2, 12)));
  else choose(best.members[0][0], false);
}

// -- asking ----------------------------------------------------------------------------------------------------

// The form once: a service that has a button of its own stands in the sheet too.
function asked() {
  const found = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (!found.has(name, value)) found.append(name, value);
  return found;
}

let turn = 0;
async function refresh(more = {}, keepUrl = false) {
  const mine = ++turn, body = asked();
  if (chosen) body.set("station", chosen);
  for (const [name, value] of Object.entries(more)) body.set(name, value);
  readFilters();
  draw();
  list.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch("/map/list", { method: "POST", body });
    if (!answer.ok) throw new Error(answer.status);
    const html = await answer.text();
    if (mine !== turn) return;
    list.innerHTML = html;  // made by our own server, which escapes every value
    tell("");
    if (!keepUrl) remember();
    readOrigin();
  } catch (error) {
    if (mine === turn) tell("现在连不上，请检查网络后再试。");
  } finally {
    if (mine === turn) list.removeAttribute("aria-busy");
  }
}

const tell = (words) => { told.textContent = words; };

// What was asked stays in the address, so that "back" finds it; where somebody stands does not.
function remember() {
  const kept = new URLSearchParams();
  for (const [name, value] of asked()) if (value && name !== "lng" && name !== "lat") kept.append(name, value);
  if (chosen) kept.set("station", chosen);
  history.replaceState(null, "", "/map" + (kept.size ? "?" + kept : ""));
}

function readFilters() {
  wanted = 0;
  const ticked = new Set([...form.querySelectorAll('[name="service"]:checked')].map((one) => one.value));
  if (data) data.services.forEach((code, place) => { if (ticked.has(code)) wanted |= 1 << place; });
  onlyOpen = form.elements.open.checked;
}

function readOrigin() {
  const origin = document.getElementById("origin");
  if (!origin || !origin.dataset.lng) { me = null; return draw(); }
  me = [Number(origin.dataset.lng), Number(origin.dataset.lat)];
  meLabel = origin.dataset.label === "您" ? "您在这" : origin.dataset.label;
  if (!chosen) go(worldX(me[0]), worldY(me[1]), Math.max(view.zoom, NEAR_ZOOM));
}

function setMe(lng, lat, label) {
  form.elements.lng.value = lng.toFixed(5);
  form.elements.lat.value = lat.toFixed(5);
  form.elements.q.value = "";
  chosen = "";
  refresh().then(() => { if (me && label) { meLabel = label; draw(); } });
}

function choose(code, scroll) {
  chosen = code;
  const one = data.stations.find((row) => row[0] === code);
  if (one) go(one.x, one.y, Math.max(view.zoom, 15.5));
  refresh().then(() => {
    if (scroll) box.scrollIntoView({ block: "nearest", behavior: still.matches ? "auto" : "smooth" });
  });
}

function setPicking(on) {
  picking = on;
  box.classList.toggle("picking", on);
  document.getElementById("pick").setAttribute("aria-pressed", String(on));
  tell(on ? "在图上点一下您在的地方。" : "");
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  chosen = "";
  if (form.elements.q.value.trim()) { form.elements.lng.value = ""; form.elements.lat.value = ""; }
  refresh();
});
form.addEventListener("change", (event) => {
  const box = event.target;
  if (box.type !== "checkbox") return;
  for (const twin of form.querySelectorAll(`[name="${box.name}"][value="${box.value}"]`)) twin.checked = box.checked;
  refresh();
});
list.addEventListener("click", (event) => {
  const link = event.target.closest("a");
  if (!link) return;
  if (link.dataset.show) { event.preventDefault(); choose(link.dataset.show, true); }
  else if (link.dataset.n) { event.preventDefault(); refresh({ n: link.dataset.n }, true); }
  else if (link.classList.contains("back")) {
    event.preventDefault();
    chosen = "";
    refresh();
  }
});
document.getElementById("pick").addEventListener("click", () => setPicking(!picking));
document.getElementById("here").addEventListener("click", () => {
  if (!navigator.geolocation) return tell("这台手机给不了位置。请输入地名，或用“在图上点选”。");
  tell("正在取您的位置…");
  navigator.geolocation.getCurrentPosition(  // always WGS-84, as the standard says
    (found) => setMe(found.coords.longitude, found.coords.latitude, found.coords.accuracy > 500 ? "您大概在这" : ""),
    () => tell("没有取到位置：可能没开定位，或没允许。请输入地名，或用“在图上点选”。"),
    { enableHighAccuracy: true, timeout: 10000, maximumAge: 60000 },
  );
});

// -- start -----------------------------------------------------------------------------------------------------

async function load() {
  const answer = await fetch("/map/stations.json");
  if (!answer.ok) throw new Error(answer.status);
  const fresh = await answer.json();
  for (const one of fresh.stations) { one.x = worldX(one[2]); one.y = worldY(one[3]); }
  data = fresh;
  groups.at = "";
  readFilters();
  draw();
}

readColours();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { readColours(); draw(); });
new ResizeObserver(draw).observe(canvas);
load().then(() => {
  [view.x, view.y, view.zoom] = wholeCity();
  chosen = document.getElementById("origin").dataset.chosen;
  const one = data.stations.find((row) => row[0] === chosen);
  readOrigin();
  if (one) { view.x = one.x; view.y = one.y; view.zoom = 15.5; }
  draw();
}).catch(() => tell("地图数据没有取到，下面的列表照常可用。请检查网络后刷新。"));
setInterval(() => { if (!document.hidden) load().catch(() => {}); }, 300000);  // what is open changes with the clock
