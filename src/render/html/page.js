"use strict";
(() => {
  const list = document.getElementById("list");
  if (!list) return;
  document.documentElement.classList.add("scripted");
  const query = document.getElementById("query");
  const order = document.getElementById("order");
  const confidence = document.getElementById("confidence");
  const state = document.getElementById("state");
  const status = document.getElementById("status");
  const boxes = [...document.querySelectorAll("#severities input")];
  const items = [...list.children].map((node) => ({
    node,
    text: null,
    rank: Number(node.dataset.rank),
    severity: Number(node.dataset.severity),
    confidence: Number(node.dataset.confidence),
    monthly: Number(node.dataset.monthly),
    once: Number(node.dataset.once),
    place: node.dataset.place,
    state: node.dataset.state,
  }));
  const by = {
    rank: (a, b) => a.rank - b.rank,
    severity: (a, b) => b.severity - a.severity || a.rank - b.rank,
    confidence: (a, b) => b.confidence - a.confidence || a.rank - b.rank,
    once: (a, b) => b.once - a.once || a.rank - b.rank,
    place: (a, b) => (a.place < b.place ? -1 : a.place > b.place ? 1 : a.rank - b.rank),
  };
  // Everything a card says, folded or not; read when the first word is typed, for thousands of cards take a moment.
  const text = (item) => (item.text ??= item.node.textContent.toLowerCase());
  const filter = () => {
    const words = query.value.toLowerCase().split(/\s+/).filter(Boolean);
    const severities = new Set(boxes.filter((box) => box.checked).map((box) => Number(box.value)));
    const least = Number(confidence.value);
    const states = state && state.value ? state.value.split(" ") : null;
    let shown = 0;
    for (const item of items) {
      const keep =
        severities.has(item.severity) && item.confidence >= least && (!states || states.includes(item.state)) && words.every((word) => text(item).includes(word));
      item.node.hidden = !keep;
      if (keep) shown += 1;
    }
    status.textContent = shown === items.length ? `All ${shown} findings` : `${shown} of ${items.length} findings`;
  };
  const sort = () => {
    items.sort(by[order.value] || by.rank);
    list.append(...items.map((item) => item.node));
  };
  let timer = 0;
  query.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(filter, 120);
  });
  order.addEventListener("change", sort);
  confidence.addEventListener("change", filter);
  if (state) state.addEventListener("change", filter);
  for (const box of boxes) box.addEventListener("change", filter);
  const open = () => {
    const target = location.hash && document.getElementById(location.hash.slice(1));
    if (!target || !target.classList.contains("finding")) return;
    target.hidden = false;
    target.querySelector("details").open = true;
    target.scrollIntoView();
  };
  addEventListener("hashchange", open);
  filter();
  open();
})();
