// Runs before the first paint, so that a chosen theme does not flash. Without a choice the system decides.
(() => {
  "use strict";
  try {
    const theme = localStorage.getItem("theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch {
    // Storage is blocked: the system's theme holds.
  }
  document.documentElement.classList.add("js");
})();
