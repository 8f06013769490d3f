"use strict";
// One phone: shows what the platform shows, sends what is done on it. Texts are text; only the platform's own two
// kinds of links (a page, a quick reply) are made tappable, as WeChat does.

const $ = (id) => document.getElementById(id);
const fresh = () => "oDemo" + Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
let person = localStorage.getItem("person") || fresh();
localStorage.setItem("person", person);
let seen = 0;
let listening = new AbortController();

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

function row(mine, content) {
  const line = element("div", mine ? "row mine" : "row");
  line.append(element("div", "face", mine ? "我" : "暖"), content);
  $("talk").append(line);
  $("talk").scrollTop = $("talk").scrollHeight;
}

function bubble(text) {
  const made = element("div", "bubble");
  const link = /<a href="([^"]*)">([^<]*)<\/a>/g;
  let from = 0;
  for (const found of text.matchAll(link)) {
    made.append(text.slice(from, found.index), linked(found[1], found[2]));
    from = found.index + found[0].length;
  }
  made.append(text.slice(from));
  return made;
}

function linked(href, words) {
  if (href.startsWith("weixin://bizmsgmenu?")) {
    const query = new URLSearchParams(href.split("?")[1]);
    return tappable(words, query.get("msgmenucontent"), query.get("msgmenuid"));
  }
  if (!/^https?:\/\//.test(href)) return words;
  const made = element("a", "", words);
  made.href = href;
  made.target = "_blank";
  made.rel = "noopener";
  return made;
}

function tappable(words, text, choice) {
  const made = element("button", "", words);
  made.type = "button";
  made.addEventListener("click", () => say(text, choice));
  return made;
}

function show(thing) {
  if (thing.kind === "news") return row(false, card(thing));
  if (thing.kind === "transfer") return $("talk").append(element("p", "note", "已转到人工客服"));
  if (thing.kind === "notice") return row(false, bubble("【服务通知】\n" + thing.text));
  const made = bubble(thing.text);
  for (const [id, words] of thing.choices) made.append("\n", tappable(words, words, id));
  row(false, made);
}

function card(thing) {
  const made = element("a", "bubble card");
  if (/^https?:\/\//.test(thing.url)) made.href = thing.url;
  made.target = "_blank";
  made.rel = "noopener";
  made.append(element("b", "", thing.title), element("span", "", thing.text));
  if (thing.picture) {
    const picture = element("img");
    picture.src = thing.picture;
    picture.alt = "";
    made.append(picture);
  }
  return made;
}

async function act(name, body, type = "application/json") {
  const answer = await fetch(`/api/${name}?person=${person}`, {
    method: "POST", headers: { "Content-Type": type }, body: type === "application/json" ? JSON.stringify(body) : body,
  });
  if (!answer.ok) return;
  const { attempts, milliseconds } = await answer.json();
  $("wire").textContent = `安全模式：签名、AES 加密；送达 ${attempts} 次，${milliseconds} 毫秒`;
}

function say(text, choice = null) {
  row(true, element("div", "bubble", text));
  act("text", { text, choice });
}

async function listen() {
  for (;;) {
    const asked = person;
    try {
      const answer = await fetch(`/api/messages?person=${asked}&after=${seen}`, { signal: listening.signal });
      const things = await answer.json();
      if (asked !== person) continue;
      for (const thing of things) show(thing);
      seen += things.length;
    } catch {
      if (asked === person) await new Promise((done) => setTimeout(done, 1000));
    }
  }
}

async function menu() {
  const { button } = await (await fetch("/api/menu")).json();
  for (const top of button) {
    const place = element("div");
    const below = element("div", "below");
    below.hidden = true;
    for (const leaf of top.sub_button || []) {
      const made = element("button", "", leaf.name);
      made.type = "button";
      made.addEventListener("click", () => {
        below.hidden = true;
        if (leaf.type === "view") window.open(leaf.url, "_blank", "noopener");
        else act("click", { key: leaf.key });
      });
      below.append(made);
    }
    const made = element("button", "", "≡ " + top.name);
    made.type = "button";
    made.addEventListener("click", () => {
      const shut = below.hidden;
      for (const other of document.querySelectorAll(".below")) other.hidden = true;
      below.hidden = !shut;
    });
    place.append(made, below);
    $("menu").append(place);
  }
  $("menu").hidden = button.length === 0;
}

$("say").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = $("text").value.trim();
  $("text").value = "";
  if (text) say(text);
});
$("plus").addEventListener("click", () => { $("more").hidden = !$("more").hidden; });
$("keys").addEventListener("click", () => { $("menu").hidden = !$("menu").hidden; });
for (const made of document.querySelectorAll("[data-place]")) {
  made.addEventListener("click", () => {
    const [lat, lng, label] = made.dataset.place.split(",");
    row(true, element("div", "bubble", "📍 " + label));
    act("location", { lat, lng, label });
  });
}
$("picture").addEventListener("change", () => {
  const file = $("picture").files[0];
  if (!file) return;
  const reader = new FileReader();
  reader.addEventListener("load", () => {
    const picture = element("img");
    picture.src = reader.result;
    picture.alt = "照片";
    const made = element("div", "bubble");
    made.append(picture);
    row(true, made);
  });
  reader.readAsDataURL(file);
  act("picture", file, file.type || "application/octet-stream");
  $("picture").value = "";
});
$("voice").addEventListener("click", () => {
  row(true, element("div", "bubble", "🎤 3″"));
  act("voice", {});
});
$("poster").addEventListener("click", () => act("subscribe", { scene: "S0001" }));
$("again").addEventListener("click", async () => {
  await act("unsubscribe", {});
  person = fresh();
  localStorage.setItem("person", person);
  seen = 0;
  listening.abort();
  listening = new AbortController();
  $("talk").replaceChildren();
  act("subscribe", {});
});

menu();
listen();
if (!localStorage.getItem("followed:" + person)) {
  localStorage.setItem("followed:" + person, "1");
  act("subscribe", {});
}
