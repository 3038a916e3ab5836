// Words selected in the text become the quote; without scripts a sentence is ticked.
(() => {
  "use strict";
  const $ = (selector, root = document) => root.querySelector(selector);
  const text = $(".codable"), span = $("[name=span]"), words = $("#chosen-words");
  if (!text || !span || !words) return;
  for (const hint of document.querySelectorAll(".with-script")) hint.hidden = false;

  // Offsets count characters, as the server does, not UTF-16 units.
  const characters = (value) => [...value].length;

  const offset = (node, at) => {
    const sentence = (node.nodeType === Node.TEXT_NODE ? node.parentElement : node).closest?.("[data-start]");
    if (!sentence || !text.contains(sentence)) return null;
    const before = document.createRange();
    before.setStart(sentence, 0);
    before.setEnd(node, at);
    return Number(sentence.dataset.start) + characters(before.toString());
  };

  const selected = () => {
    const selection = getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return null;
    const range = selection.getRangeAt(0);
    if (!text.contains(range.commonAncestorContainer)) return null;
    const inside = [...text.querySelectorAll("[data-start]")].filter((each) => range.intersectsNode(each));
    if (!inside.length) return null;
    const last = inside.at(-1);
    const start = offset(range.startContainer, range.startOffset) ?? Number(inside[0].dataset.start);
    const end = offset(range.endContainer, range.endOffset) ?? Number(last.dataset.start) + characters(last.textContent);
    return start < end ? { start, end, quote: selection.toString() } : null;
  };

  const take = () => {
    const found = selected();
    if (!found) return;
    span.value = `${found.start}-${found.end}`;
    words.textContent = found.quote;
    for (const radio of text.querySelectorAll("input:checked")) radio.checked = false;
  };

  document.addEventListener("selectionchange", take);

  // Ending a selection inside a sentence must not tick it.
  text.addEventListener("click", (event) => { if (event.target.closest(".sentence") && selected()) event.preventDefault(); });

  text.addEventListener("change", ({ target }) => {
    if (target.name !== "sentence") return;
    span.value = "";
    words.textContent = $("[data-start]", target.closest(".sentence")).textContent;
  });
})();
