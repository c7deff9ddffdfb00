// Comfort for the timeline of a search: dragging over bars chooses a range of days; with the
// keyboard arrows go from bar to bar, with Shift they choose several. Without it bars are links.
"use strict";

(() => {
  const chart = document.querySelector("svg.periods");
  if (!chart) return;
  const bars = chart.querySelector("svg.bars");
  const periods = [...bars.children];
  const figure = chart.closest("figure");
  const days = chart.dataset.days.split(" "); // first days of all bars, and the last day
  const counts = chart.dataset.counts.split(" ").map(Number);
  const names = [...document.querySelectorAll("#time-table tbody th")];
  const status = document.createElement("p");
  let anchor = -1; // where a range begins, and where it ends so far
  let end = -1;
  let isDragging = false;

  status.className = "picked";
  status.setAttribute("role", "status");
  figure.append(status);
  chart.setAttribute("aria-description", chart.dataset.described);
  const links = () => periods.filter((each) => each.localName === "a");
  if (links().length) links()[0].setAttribute("tabindex", "0");

  function range() {
    return [Math.min(anchor, end), Math.max(anchor, end)];
  }

  function show() {
    const [first, last] = range();
    periods.forEach((each, at) => {
      each.classList.toggle("chosen", anchor >= 0 && anchor !== end && at >= first && at <= last);
    });
    if (anchor < 0) {
      status.textContent = "";
      return;
    }
    const count = counts.slice(first, last + 1).reduce((sum, each) => sum + each, 0);
    const ends = first === last ? [first] : [first, last];
    const named = ends.map((at) => names[at].textContent).join(" – ");
    status.textContent = `${named}: ${count.toLocaleString(document.documentElement.lang)}`;
  }

  function choose(from, to) {
    anchor = from;
    end = to;
    show();
  }

  function go() {
    const [first, last] = range();
    const address = new URL(chart.dataset.link, location.href);
    address.searchParams.set("since", days[first]);
    address.searchParams.set("until", last + 2 === days.length ? days[last + 1] : dayBefore(last + 1));
    location.assign(address);
  }

  function dayBefore(number) {
    const day = new Date(`${days[number]}T00:00:00Z`);
    day.setUTCDate(day.getUTCDate() - 1);
    return day.toISOString().slice(0, 10);
  }

  // Bars stand evenly from the left; there may be room on the right of few.
  function at(event) {
    const room = bars.querySelector("rect").getBoundingClientRect();
    const number = Math.floor((event.clientX - room.left) / room.width);
    return Math.max(0, Math.min(periods.length - 1, number));
  }

  chart.addEventListener("dragstart", (event) => event.preventDefault());
  bars.addEventListener("pointerdown", (event) => {
    if (event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    isDragging = true;
    choose(at(event), at(event));
  });
  addEventListener("pointermove", (event) => {
    if (isDragging) choose(anchor, at(event));
    else if (bars.contains(event.target)) choose(at(event), at(event));
    else if (anchor >= 0 && !chart.contains(document.activeElement)) choose(-1, -1);
  });
  addEventListener("pointerup", () => {
    if (!isDragging) return;
    isDragging = false;
    if (anchor !== end) go();
  });
  addEventListener("pointercancel", () => {
    isDragging = false;
    choose(-1, -1);
  });
  // The end of a drag is no click on the bar that it ends on.
  bars.addEventListener("click", (event) => {
    if (anchor >= 0 && anchor !== end) event.preventDefault();
  });

  function focus(period) {
    links().forEach((each) => each.setAttribute("tabindex", each === period ? "0" : "-1"));
    period.focus();
  }

  // On the figure: a part of an SVG that listens to focus becomes a stop of the keyboard itself.
  figure.addEventListener("focusin", (event) => {
    const number = periods.indexOf(event.target.closest("a"));
    if (!isDragging && number >= 0 && (anchor < 0 || anchor === end)) choose(number, number);
  });
  figure.addEventListener("focusout", () => {
    if (!isDragging) choose(-1, -1);
  });
  figure.addEventListener("keydown", (event) => {
    const number = periods.indexOf(document.activeElement.closest("a"));
    if (number < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step && event.shiftKey) {
      choose(anchor < 0 ? number : anchor, Math.max(0, Math.min(periods.length - 1, end + step)));
    } else if (step || event.key === "Home" || event.key === "End") {
      const all = links();
      const place = all.indexOf(periods[number]);
      const next = { Home: 0, End: all.length - 1 }[event.key] ?? place + step;
      choose(-1, -1);
      focus(all[Math.max(0, Math.min(all.length - 1, next))]);
    } else if (event.key === "Enter" && anchor !== end) {
      go();
    } else if (event.key === "Escape") {
      choose(number, number);
    } else {
      return; // Enter on one bar follows its link
    }
    event.preventDefault();
  });
})();
