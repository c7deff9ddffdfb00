// Comfort for the search box: completions are offered as a list (the combobox pattern of the ARIA
// Authoring Practices). Without this file the page is complete.
"use strict";

(() => {
  const input = document.querySelector("input[data-complete]");
  if (!input) return;
  const DELAY_MS = 120;
  const list = document.createElement("ul");
  const status = document.createElement("p");
  const kinds = JSON.parse(input.dataset.kinds);
  let timer = 0;
  let asking = null;
  let chosen = -1;
  let typed = input.value;

  list.id = "completions";
  list.className = "completions";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.dataset.completions);
  status.className = "hidden";
  status.setAttribute("role", "status");
  input.parentElement.append(list, status);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-expanded", "false");

  function close() {
    clearTimeout(timer);
    if (asking) asking.abort();
    list.hidden = true;
    list.replaceChildren();
    status.textContent = "";
    chosen = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function show(queries) {
    if (!queries.length) return;
    list.replaceChildren(...queries.map(({ query, label, total, kind }, at) => {
      const option = document.createElement("li");
      const count = new Intl.NumberFormat(document.documentElement.lang).format(total);
      option.id = `completion-${at}`;
      option.textContent = label;
      option.dataset.query = query;
      // Shown by the style sheet: the option's name stays its words.
      option.dataset.detail = [kinds[kind], count].filter(Boolean).join(" · ");
      option.setAttribute("aria-label", label);
      option.setAttribute("aria-description", option.dataset.detail);
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      return option;
    }));
    list.hidden = false;
    status.textContent = input.dataset.count.replace("{count}", queries.length);
    input.setAttribute("aria-expanded", "true");
  }

  // Past either end stands what was typed.
  function choose(at) {
    const options = list.children;
    if (chosen >= 0) options[chosen].setAttribute("aria-selected", "false");
    chosen = at >= options.length ? -1 : at < -1 ? options.length - 1 : at;
    input.value = chosen < 0 ? typed : options[chosen].dataset.query;
    if (chosen < 0) {
      input.removeAttribute("aria-activedescendant");
      return;
    }
    options[chosen].setAttribute("aria-selected", "true");
    options[chosen].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", options[chosen].id);
  }

  async function ask() {
    asking = new AbortController();
    const { signal } = asking;
    try {
      const address = `${input.dataset.complete}?q=${encodeURIComponent(typed)}`;
      const response = await fetch(address, { signal });
      const queries = response.ok ? await response.json() : [];
      if (!signal.aborted) show(queries);
    } catch {
      // An older request that was aborted, or no network: no list, and the box works on.
    }
  }

  input.addEventListener("input", () => {
    close();
    typed = input.value;
    // What stands behind the cursor is not the query's last word.
    if (input.selectionEnd === typed.length) timer = setTimeout(ask, DELAY_MS);
  });

  input.addEventListener("keydown", (event) => {
    if (list.hidden || event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      choose(chosen + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Escape") {
      input.value = typed;
      close();
    } else {
      if (event.key === "Enter") close();
      return; // the browser submits what stands in the box
    }
    event.preventDefault();
  });

  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (!option) return;
    input.value = option.dataset.query;
    close();
    input.form.requestSubmit();
  });
  input.addEventListener("blur", close);
  input.form.addEventListener("submit", close);
})();
