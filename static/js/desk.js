// The review desk by keyboard. `data-key` names the key of a control: fields take the focus, the rest is pressed.
(() => {
  "use strict";
  const $ = (selector, root = document) => root.querySelector(selector);
  const keysOn = () => { try { return localStorage.getItem("keys") !== "off"; } catch { return true; } };
  const FIELDS = "input:not([type=checkbox], [type=radio]), select, textarea";

  // Refused decisions come with the screen as it is now: it is shown, as any other answer.
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (![409, 422].includes(detail.xhr.status)) return;
    detail.shouldSwap = true;
    detail.isError = false;
  });

  const controlOf = (key) => $(`#desk [data-key="${CSS.escape(key)}"]`) ?? $(`#desk [data-holds-key="${CSS.escape(key)}"] :is(input, select, textarea)`);

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && event.target.closest?.("#desk") && !$("dialog[open]")) {
      event.target.blur();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || !keysOn() || $("dialog[open]")) return;
    if (event.target.closest?.(FIELDS)) return;
    const control = controlOf(event.key);
    if (!control || control.disabled) return;
    event.preventDefault();
    if (control.matches("input, select, textarea")) {
      control.focus();
      control.scrollIntoView({ block: "nearest" });
    } else {
      control.click();
    }
  });

  // A dot on the small map stands for the radio button with its number.
  document.addEventListener("click", ({ target }) => {
    const key = target.closest?.("[data-place]")?.dataset.place;
    if (key) $(`input[name=place][value="${CSS.escape(key)}"]`)?.click();
  });

  // After each decision the reader's place is the next event's heading, or what was refused.
  document.addEventListener("htmx:afterSettle", ({ detail }) => {
    if (detail.target?.id !== "desk") return;
    const wrong = $("#desk [aria-invalid=true]");
    (wrong ?? $("#desk-title"))?.focus({ preventScroll: true });
    if (!wrong) scrollTo(0, 0);
  });
})();
