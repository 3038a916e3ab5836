// What the pages do beyond links and forms. Everything also works without this file.
(() => {
  "use strict";
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const stored = {
    get(key) { try { return localStorage.getItem(key); } catch { return null; } },
    set(key, value) { try { localStorage.setItem(key, value); } catch { /* blocked: not remembered */ } },
  };

  // Filters. Listeners are on the document: they survive swaps of the form and its parts.

  const isFilter = (element) => element?.closest?.("#filters");

  document.addEventListener("change", (event) => {
    const form = isFilter(event.target);
    if (form && event.target.closest(".auto")) form.dispatchEvent(new CustomEvent("autofilter"));
  });

  // Addresses carry nothing that is empty or a default.
  document.addEventListener("htmx:configRequest", ({ detail }) => {
    if (!isFilter(detail.elt)) return;
    for (const field of detail.elt.elements) {
      if (field.name && (field.value === "" || field.value === field.dataset.default)) {
        delete detail.parameters[field.name];
      }
    }
  });

  let applied = false; // the reader pressed Enter or Apply: focus goes to the results
  document.addEventListener("submit", (event) => { if (isFilter(event.target)) applied = true; });

  const openFacets = new Map();
  document.addEventListener("toggle", ({ target }) => {
    if (target.matches?.("details.facet")) openFacets.set(target.id, target.open);
  }, true);

  // Lists that htmx swaps in.

  const failed = () => { $("#toast").textContent = $("#toast").dataset.textFailed; };
  const busy = (on) => $("#results")?.setAttribute("aria-busy", String(on));
  let lastRow = null; // before a next page is appended

  document.addEventListener("htmx:beforeRequest", ({ detail }) => {
    busy(true);
    $("#toast").textContent = "";
    lastRow = detail.elt.closest("#more") ? $$("#rows .event").at(-1) : null;
  });
  document.addEventListener("htmx:afterRequest", () => busy(false));
  for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) document.addEventListener(name, failed);

  // A day that goes on over the page's end is one day.
  function joinDays(day) {
    const next = day.nextElementSibling;
    if (!next?.matches(".day") || next.dataset.day !== day.dataset.day) return;
    $(".events", day).append(...$$(".event", next));
    const count = $(".day-count", day);
    count.textContent = $(".day-count", next).textContent.replace(/\d+/, $$(".event", day).length);
    next.remove();
  }

  document.addEventListener("htmx:afterSettle", () => {
    for (const [id, open] of openFacets) {
      const facet = document.getElementById(id);
      if (facet) facet.open = open;
    }
    if (lastRow) {
      const rows = $$("#rows .event");
      const first = rows[rows.indexOf(lastRow) + 1];
      joinDays(lastRow.closest(".day"));
      $(".headline", first)?.focus({ preventScroll: true });
      lastRow = null;
    } else if (applied) {
      $("#results-title")?.focus();
    }
    applied = false;
    prepareBars();
  });

  // The map follows the list: a change of the filter asks for it again.
  document.addEventListener("htmx:afterSettle", ({ target }) => {
    if (target.id === "results") document.body.dispatchEvent(new CustomEvent("list-changed"));
  });

  // The histogram: one tab stop, arrows move, click or Enter takes a bar; a drag, or arrows with Shift and then Enter,
  // takes several. What would be taken is said in words before it is.

  const bars = () => $$("#histogram .bar");

  function prepareBars() {
    const all = bars();
    const stop = all.find((bar) => bar.matches(".selected")) ?? all.at(-1);
    for (const bar of all) bar.setAttribute("tabindex", bar === stop ? "0" : "-1");
  }

  function choosePeriod(from, to) {
    const form = $("#filters");
    form.elements.from.value = from;
    form.elements.to.value = to;
    form.dispatchEvent(new CustomEvent("autofilter"));
  }

  const barAt = (x) => bars().find((bar) => {
    const box = $(".hit", bar).getBoundingClientRect();
    return x >= box.left - 1 && x <= box.right + 1;
  });

  let brush = null;
  const brushed = () => {
    const all = bars();
    const [a, b] = [all.indexOf(brush.from), all.indexOf(brush.to)].sort((m, n) => m - n);
    return all.slice(a, b + 1);
  };
  function showBrush() {
    const inside = brush ? brushed() : [];
    const several = inside.length > 1;
    for (const bar of bars()) bar.classList.toggle("brushed", several && inside.includes(bar));
    const total = inside.reduce((sum, bar) => sum + Number(bar.dataset.total), 0);
    $("#brushed-words").textContent = several ? `${inside[0].dataset.start} – ${inside.at(-1).dataset.end}: ${total}` : "";
  }
  function takeBrush() {
    const inside = brushed();
    brush = null;
    if (inside.length < 2) return false;
    choosePeriod(inside[0].dataset.start, inside.at(-1).dataset.end);
    return true;
  }

  document.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || !event.target.closest("#histogram svg")) return;
    const bar = barAt(event.clientX);
    if (bar) brush = { from: bar, to: bar, drawn: true };
  });
  document.addEventListener("pointermove", (event) => {
    if (!brush?.drawn) return;
    brush.to = barAt(event.clientX) ?? brush.to;
    showBrush();
  });
  document.addEventListener("pointerup", () => {
    if (brush?.drawn) takeBrush();
  });
  document.addEventListener("pointercancel", () => {
    if (!brush?.drawn) return;
    brush = null;
    showBrush();
  });
  document.addEventListener("dragstart", (event) => { if (event.target.closest?.("#histogram svg, .earth")) event.preventDefault(); });
  document.addEventListener("click", (event) => {
    const bar = event.target.closest("#histogram .bar");
    if (!bar || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const byKey = event.detail === 0;
    if (byKey && brush && takeBrush()) return;
    if (byKey || !bar.matches(".brushed")) choosePeriod(bar.dataset.start, bar.dataset.end);
  });

  // Keys: never in a field, never with a modifier, and a reader can turn them off.

  const keysOn = () => stored.get("keys") !== "off";
  const current = () => document.activeElement.closest?.(".event") ?? $(".event:hover");

  function step(by) {
    const rows = $$(".event").filter((row) => $(".headline", row));
    if (!rows.length) return;
    const at = rows.indexOf(document.activeElement.closest?.(".event"));
    const row = rows[at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + by))];
    $(".headline", row).focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  }

  function arrows(event) {
    const all = bars();
    const at = all.indexOf(document.activeElement);
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: all.length - 1 }[event.key];
    if (at >= 0 && event.key === "Escape" && brush) {
      brush = null;
      showBrush();
    }
    if (at < 0 || to === undefined || !all[to]) return;
    event.preventDefault();
    if (event.shiftKey) brush = { from: brush?.from ?? all[at], to: all[to] };
    else brush = null;
    showBrush();
    all[at].setAttribute("tabindex", "-1");
    all[to].setAttribute("tabindex", "0");
    all[to].focus();
  }

  const actions = {
    j: () => step(1),
    k: () => step(-1),
    o: () => { const evidence = $("details.evidence", current() ?? document.createElement("i")); if (evidence) evidence.open = !evidence.open; },
    "/": () => { const panel = $("#filter-panel"); if (panel) panel.open = true; $("#filter-q, input[type=search]")?.focus(); },
    "?": () => $("#help").showModal(),
  };

  document.addEventListener("keydown", (event) => {
    arrows(event);
    if (event.ctrlKey || event.metaKey || event.altKey || !keysOn() || $("dialog[open]")) return;
    if (event.target.closest("input, select, textarea, [contenteditable]")) return;
    const act = actions[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });

  // The page around them.

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    if (opener) document.getElementById(opener.dataset.opens).showModal();
  });

  function prepareTheme() {
    const button = $("#theme");
    const root = document.documentElement;
    const show = () => { button.textContent = button.dataset[`label${{ light: "Light", dark: "Dark" }[root.dataset.theme] ?? "Auto"}`]; };
    button.addEventListener("click", () => {
      const next = { light: "dark", dark: "" }[root.dataset.theme ?? ""] ?? "light";
      if (next) root.dataset.theme = next; else delete root.dataset.theme;
      stored.set("theme", next);
      show();
    });
    show();
  }

  function prepareKeys() {
    const box = $("#keys-on");
    box.checked = keysOn();
    box.addEventListener("change", () => stored.set("keys", box.checked ? "on" : "off"));
  }

  // Evidence belongs on paper too.
  let unfolded = [];
  window.addEventListener("beforeprint", () => {
    unfolded = $$("details.evidence:not([open])");
    for (const each of unfolded) each.open = true;
  });
  window.addEventListener("afterprint", () => { for (const each of unfolded) each.open = false; });

  for (const hidden of $$("#theme, [data-opens]")) hidden.hidden = false;
  // Browsers that cannot show a closed <details> by style get an open one where there is room.
  if (!CSS.supports("selector(::details-content)") && matchMedia("(min-width: 60rem)").matches) {
    const panel = $("#filter-panel");
    if (panel) panel.open = true;
  }
  prepareTheme();
  prepareKeys();
  prepareBars();
})();
