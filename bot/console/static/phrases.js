// Canned phrases while typing: `/` and some letters in a textarea with data-phrases="#list" offers that list.
// Arrow keys choose, Enter or Tab puts the phrase in, Escape closes; Ctrl+Enter sends the form.
"use strict";
(() => {
  for (const area of document.querySelectorAll("textarea[data-phrases]")) {
    const list = document.querySelector(area.dataset.phrases);
    const options = [...list.querySelectorAll("[role=option]")];
    const before = () => /(^|\s)\/([^\s/]*)$/.exec(area.value.slice(0, area.selectionStart));
    const shown = () => options.filter((option) => !option.hidden);
    const choose = (option) => {
      for (const other of options) other.setAttribute("aria-selected", String(other === option));
      if (option) {
        area.setAttribute("aria-activedescendant", option.id);
        option.scrollIntoView({ block: "nearest" });
      } else area.removeAttribute("aria-activedescendant");
    };
    const close = () => { list.hidden = true; choose(null); };
    const put = (option) => {
      const found = before();
      if (!found) return close();
      const end = area.selectionStart;
      area.setRangeText(option.dataset.text, end - found[2].length - 1, end, "end");
      close();
      area.focus();
    };
    area.addEventListener("input", () => {
      const found = before();
      if (!found) return close();
      const words = found[2].toLowerCase();
      for (const option of options) {
        option.hidden = !(option.dataset.code.startsWith(words) || option.dataset.text.includes(words));
      }
      list.hidden = !shown().length;
      choose(shown()[0] || null);
    });
    area.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        area.form.requestSubmit();
        return;
      }
      if (list.hidden) return;
      const visible = shown();
      const now = visible.findIndex((option) => option.getAttribute("aria-selected") === "true");
      if (event.key === "ArrowDown") choose(visible[(now + 1) % visible.length]);
      else if (event.key === "ArrowUp") choose(visible[(now - 1 + visible.length) % visible.length]);
      else if ((event.key === "Enter" || event.key === "Tab") && now >= 0) put(visible[now]);
      else if (event.key === "Escape") close();
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    list.addEventListener("mousedown", (event) => event.preventDefault());  // the cursor stays in the text
    list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) put(option);
    });
  }
  // what was sent is taken out; what was not stays
  document.body.addEventListener("htmx:afterRequest", (event) => {
    const clear = event.target.dataset?.clear;
    if (!clear || !event.detail.successful) return;
    const area = document.querySelector(clear);
    area.value = "";
    area.focus();
  });
})();
