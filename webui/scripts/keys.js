// Keys of a single character: "/" to the box, "j" and "k" through the hits, "?" for the list of
// them. They are silent in fields, and can be turned off (WCAG 2.1.4); this browser remembers it.
"use strict";

(() => {
  const KEPT = "communique.keys";
  const dialog = document.getElementById("keys");
  const box = document.getElementById("q");
  const turn = dialog.querySelector("[data-switch]");
  const opener = document.querySelector("[data-opens=keys]");

  function read() {
    try {
      return localStorage.getItem(KEPT) !== "off";
    } catch {
      return true; // nothing may be kept here: on until the page is left
    }
  }

  let areOn = read();
  turn.checked = areOn;
  turn.addEventListener("change", () => {
    areOn = turn.checked;
    try {
      if (areOn) localStorage.removeItem(KEPT);
      else localStorage.setItem(KEPT, "off");
    } catch {
      // as above
    }
  });

  opener.hidden = false;
  opener.addEventListener("click", () => dialog.showModal());

  function move(step) {
    const hits = [...document.querySelectorAll(".hits h2 a")];
    if (!hits.length) return;
    const here = document.activeElement.closest?.(".hits > li");
    const at = hits.findIndex((each) => here?.contains(each));
    const next = at < 0 ? (step > 0 ? 0 : hits.length - 1) : at + step;
    if (!hits[next]) return;
    hits[next].focus();
    hits[next].closest("li").scrollIntoView({ block: "nearest" });
  }

  const meanings = {
    "/": () => {
      box?.focus();
      box?.select();
    },
    "?": () => dialog.showModal(),
    j: () => move(1),
    k: () => move(-1),
  };

  document.addEventListener("keydown", (event) => {
    const meaning = Object.hasOwn(meanings, event.key) ? meanings[event.key] : null;
    const isTyping = event.target.closest("input, textarea, select, [contenteditable], dialog");
    if (!areOn || !meaning || isTyping) return;
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    meaning();
  });
})();
