// Keys, looks, copying, live updates. Pages say what they want in data attributes:
//   data-focus="/"        the key that puts the cursor here
//   data-go="t"           a link that `g t` follows
//   data-pick="3"         what the digit 3 presses (Alt+3 inside an input)
//   data-press="c"        what the key c presses outside of inputs
//   data-list="#results"  an input whose arrow keys choose among the [role=option] of a list
//   data-enter="#answer"  where Enter leads from that input
//   data-copy="#id"       copies the text of that element
//   data-print            prints the page
//   data-open="id"        opens a dialog
//   data-line="8" data-in="#id"  shows line 8 of a text area
//   data-most="1048576"  a file input that takes no file of more bytes
//   data-confirm="…"      a form or button that asks before it is sent
//   hx-trigger="live-tickets from:body"   is fetched anew when the topic `tickets` has news
"use strict";
(() => {
  const root = document.documentElement;
  const $ = (selector) => document.querySelector(selector);
  const visible = (element) => element && element.getClientRects().length > 0;
  const say = (text) => {
    const toast = $("#toast");
    if (!toast) return;
    toast.textContent = text;
    clearTimeout(say.timer);
    say.timer = setTimeout(() => { toast.textContent = ""; }, 3000);
  };

  // -- looks
  for (const input of document.querySelectorAll("[data-look]")) {
    const look = input.dataset.look;
    input.checked = (root.dataset[look] || (look === "theme" ? "auto" : "normal")) === input.value;
    input.addEventListener("change", () => {
      root.dataset[look] = input.value;
      localStorage.setItem("nuanxin-" + look, input.value);
    });
  }

  const show = (dialog) => {
    dialog?.showModal();
    if (dialog) dialog.scrollTop = 0;  // its button at the end has the focus
  };

  // -- clicks
  const copy = async (selector) => {
    const text = $(selector).innerText;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = document.createElement("textarea");  // without https there is no clipboard object
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    say("已复制");
  };
  const showLine = (area, number) => {
    const lines = area.value.split("\n");
    const start = lines.slice(0, number - 1).join("\n").length + (number > 1 ? 1 : 0);
    area.focus();
    area.setSelectionRange(start, start + (lines[number - 1] || "").length);
    area.scrollTop = (area.scrollHeight / lines.length) * (number - 4);
    area.scrollLeft = 0;
  };
  document.addEventListener("click", (event) => {
    const target = event.target.closest("[data-open], [data-copy], [data-line], [data-print]");
    if (!target) return;
    if (target.dataset.line) showLine($(target.dataset.in), Number(target.dataset.line));
    if (target.dataset.open) show(document.getElementById(target.dataset.open));
    if (target.dataset.copy) copy(target.dataset.copy);
    if (target.dataset.print !== undefined) print();
  });
  document.addEventListener("submit", (event) => {
    const question = event.submitter?.dataset.confirm || event.target.dataset.confirm;
    if (question && !confirm(question)) event.preventDefault();
  }, true);
  document.addEventListener("change", ({ target }) => {
    if (!target.dataset.most) return;
    const most = Number(target.dataset.most);
    const big = [...target.files].some((file) => file.size > most);
    const words = big ? `文件太大了，最多 ${most >> 20} MB；请分成几个文件` : "";
    target.setCustomValidity(words);  // the form is not sent
    let line = target.parentElement.querySelector(".error");
    if (!line) {
      line = document.createElement("p");
      line.setAttribute("role", "alert");
      line.id = target.id + "-error";
      target.after(line);
    }
    line.className = big ? "error" : "";
    line.textContent = words;
  });
  document.addEventListener("change", (event) => {
    if (event.target.dataset.submit !== undefined) event.target.form.requestSubmit();
  });

  // -- lists chosen from with the arrow keys while the cursor stays in the input
  const move = (input, step) => {
    const options = [...document.querySelectorAll(input.dataset.list + " [role=option]")];
    if (!options.length) return;
    const now = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
    options[(now + step + options.length) % options.length].click();
  };
  document.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (!option) return;
    for (const other of option.parentElement.querySelectorAll("[role=option]")) {
      other.setAttribute("aria-selected", String(other === option));
    }
    const input = document.querySelector(`[data-list="#${option.parentElement.id}"]`);
    if (input) input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  });

  // -- keys
  let waiting = false;  // for the second key after g
  const press = (element) => {
    if (!visible(element)) return false;
    if (element.matches("input:not([type=radio], [type=checkbox]), textarea, select")) element.focus(); else element.click();
    return true;
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.isComposing) return;
    if (document.querySelector("dialog[open]")) return;
    const field = event.target.closest("input:not([type=radio], [type=checkbox]), textarea, select");
    if (field) {
      if (event.key === "Escape") field.blur();
      else if (field.dataset.list && event.key === "ArrowDown") move(field, 1);
      else if (field.dataset.list && event.key === "ArrowUp") move(field, -1);
      else if (field.dataset.enter && event.key === "Enter" && $(field.dataset.enter)) $(field.dataset.enter).focus();
      else if (event.altKey && /^Digit[1-9]$/.test(event.code)) press($(`[data-pick="${event.code[5]}"]`));
      else if (event.altKey && /^Key[A-Z]$/.test(event.code)) {
        if (!press($(`[data-press="${event.code[3].toLowerCase()}"]`))) return;
      } else return;
      event.preventDefault();
      return;
    }
    if (event.altKey) return;
    const go = waiting && $(`[data-go="${CSS.escape(event.key)}"]`);
    waiting = false;
    if (go) location.href = go.href;
    else if (event.key === "g") waiting = true;
    else if (event.key === "?") show($("#keys"));
    else if (event.key === "/") { if (!press($(`[data-focus="/"]`))) return; $(`[data-focus="/"]`).select?.(); }
    else if (/^[1-9]$/.test(event.key)) { if (!press($(`[data-pick="${event.key}"]`))) return; }
    else if (/^[a-z]$/i.test(event.key)) { if (!press($(`[data-press="${event.key.toLowerCase()}"]`))) return; }
    else return;
    event.preventDefault();
  });

  // -- a part that fetches itself anew keeps its ticks and the place of the keyboard
  const keptOf = new WeakMap();
  document.body.addEventListener("htmx:beforeSwap", ({ detail: { target } }) => {
    const ticked = [...target.querySelectorAll("input[type=checkbox][id]:checked")].map((box) => box.id);
    keptOf.set(target, { ticked, focus: target.contains(document.activeElement) ? document.activeElement.id : "" });
  });
  document.body.addEventListener("htmx:afterSwap", ({ detail: { target } }) => {
    const kept = keptOf.get(target);
    if (!kept) return;
    for (const id of kept.ticked) { const box = document.getElementById(id); if (box) box.checked = true; }
    if (kept.focus && document.activeElement.id !== kept.focus) document.getElementById(kept.focus)?.focus();
  });

  // what a page fetches by itself is no sign of life of the person before it
  document.body.addEventListener("htmx:configRequest", ({ detail }) => {
    const cause = detail.triggeringEvent?.type || "";
    if (!cause || cause.startsWith("live-")) detail.headers["X-Background"] = "1";
  });

  // -- what the server wants said, and htmx in trouble
  document.body.addEventListener("notice", (event) => say(event.detail.value || String(event.detail)));
  document.body.addEventListener("htmx:sendError", () => offline(true));
  document.body.addEventListener("htmx:afterRequest", (event) => { if (event.detail.successful) offline(false); });

  // -- live
  const offline = (lost) => {
    const line = $("#line");
    if (!line) return;
    line.classList.toggle("lost", lost);
    line.textContent = lost ? "已离线，正在重连；看到的可能不是最新的" : "";
  };
  addEventListener("offline", () => offline(true));
  const address = document.body.dataset.live;
  if (address) {
    let source, seen;
    const tell = (topic) => document.body.dispatchEvent(new CustomEvent("live-" + topic));
    const link = () => {
      source?.close();
      source = new EventSource(address);
      source.onopen = () => {
        offline(false);
        seen = {};  // another server counts from its own beginning
        // what happened before we were linked (again) told nobody
        for (const topic of new Set([...document.querySelectorAll("[data-topic]")].map((e) => e.dataset.topic))) tell(topic);
        root.dataset.linked = "yes";
      };
      source.onmessage = (event) => {
        const { topic, version } = JSON.parse(event.data);
        if (seen[topic] === version) return;
        seen[topic] = version;
        tell(topic);
      };
      source.onerror = () => {
        delete root.dataset.linked;
        offline(true);
        // after an answer that was no stream (a server that starts up) the browser itself tries no more
        if (source.readyState === EventSource.CLOSED) setTimeout(link, 2000);
      };
      source.addEventListener("ended", () => { source.close(); location.reload(); });
    };
    link();
    addEventListener("pagehide", () => source.close());
    addEventListener("pageshow", (event) => { if (event.persisted) link(); });
  }
})();
