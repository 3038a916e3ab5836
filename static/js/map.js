// The map: a drag with the mouse takes the area under it. Degrees are straight lines there (cartography/drawing.py).
(() => {
  "use strict";
  const FAR = 8; // pixels: less is a click
  let brush = null;

  const degrees = (svg, x, y) => {
    const box = svg.getBoundingClientRect();
    const { west, south, east, north } = svg.dataset;
    return [+west + (x - box.left) / box.width * (east - west), +north - (y - box.top) / box.height * (north - south)];
  };

  function end() {
    brush?.rect?.remove();
    brush = null;
  }

  document.addEventListener("pointerdown", (event) => {
    const svg = event.target.closest?.(".earth");
    // A finger's drag scrolls the page; marks and areas are links for it, as for the keyboard.
    if (svg && event.button === 0 && event.pointerType !== "touch") brush = { svg, x: event.clientX, y: event.clientY };
  });

  document.addEventListener("pointermove", (event) => {
    if (!brush) return;
    const across = event.clientX - brush.x;
    const down = event.clientY - brush.y;
    if (!brush.rect && Math.hypot(across, down) < FAR) return;
    if (!brush.rect) {
      brush.rect = document.createElementNS(brush.svg.namespaceURI, "rect");
      brush.rect.setAttribute("class", "brush");
      brush.svg.append(brush.rect);
    }
    const box = brush.svg.getBoundingClientRect();
    const scale = brush.svg.viewBox.baseVal.width / box.width;
    const sides = {
      x: Math.min(brush.x, event.clientX) - box.left,
      y: Math.min(brush.y, event.clientY) - box.top,
      width: Math.abs(across),
      height: Math.abs(down),
    };
    for (const [name, pixels] of Object.entries(sides)) brush.rect.setAttribute(name, pixels * scale);
  });

  let dragged = false; // the click that ends a drag follows no link
  document.addEventListener("pointerup", (event) => {
    if (!brush?.rect) return end();
    const { svg, x, y } = brush;
    end();
    dragged = true;
    setTimeout(() => { dragged = false; });
    const corners = [degrees(svg, x, y), degrees(svg, event.clientX, event.clientY)];
    const [[west, east], [south, north]] = [0, 1].map((axis) =>
      corners.map((corner) => corner[axis].toFixed(2)).sort((a, b) => a - b));
    if (west === east || south === north) return;
    const box = [west, south, east, north].join(",");
    const form = document.getElementById("filters");
    if (form) {
      form.elements.box.value = box;
      form.dispatchEvent(new CustomEvent("autofilter"));
    } else {
      const query = new URLSearchParams(svg.dataset.query);
      query.set("box", box);
      location.assign(`${svg.dataset.list}?${query}`);
    }
  });
  document.addEventListener("pointercancel", end);
  document.addEventListener("click", (event) => {
    if (dragged && event.target.closest?.(".earth")) {
      event.preventDefault();
      event.stopPropagation();
    }
  }, true);
})();
