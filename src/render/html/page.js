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
  const more = document.getElementById("more");
  const boxes = [...document.querySelectorAll("#severities input")];
  const blocks = [...list.querySelectorAll(".block")];
  // Thousands of cards at once are no list that anybody reads.
  const STEP = 100;
  let limit = STEP;
  const items = [...list.querySelectorAll(".finding")].map((node) => ({
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
  // Everything a card says, folded or not, and the heading that it stands under; read when the first word is typed, for
  // thousands of cards take a moment.
  const heading = (node) => node.closest(".block")?.querySelector("header").textContent ?? "";
  const text = (item) => (item.text ??= `${heading(item.node)} ${item.node.textContent}`.toLowerCase());
  const filter = () => {
    const words = query.value.toLowerCase().split(/\s+/).filter(Boolean);
    const severities = new Set(boxes.filter((box) => box.checked).map((box) => Number(box.value)));
    const least = Number(confidence.value);
    const states = state && state.value ? state.value.split(" ") : null;
    let kept = 0;
    for (const item of items) {
      const keep =
        severities.has(item.severity) && item.confidence >= least && (!states || states.includes(item.state)) && words.every((word) => text(item).includes(word));
      if (keep) kept += 1;
      item.node.hidden = !keep || kept > limit;
    }
    for (const block of blocks) block.hidden = !block.querySelector(".finding:not([hidden])");
    const all = items.length === 1 ? "1 finding" : `All ${items.length.toLocaleString("en")} findings`;
    const shown = kept > limit ? `, the first ${limit} shown` : "";
    status.textContent = (kept === items.length ? all : `${kept.toLocaleString("en")} of ${items.length.toLocaleString("en")} findings`) + shown;
    more.hidden = kept <= limit;
    more.textContent = `Show ${Math.min(STEP, kept - limit)} more`;
  };
  const narrow = () => {
    limit = STEP;
    filter();
  };
  const sort = () => {
    items.sort(by[order.value] || by.rank);
    const seen = new Set();
    for (const { node } of items) {
      node.parentNode.append(node);
      const unit = node.closest(".block") || node;
      if (!seen.has(unit)) list.append(unit);
      seen.add(unit);
    }
    filter();
  };
  let timer = 0;
  query.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(narrow, 120);
  });
  order.addEventListener("change", sort);
  confidence.addEventListener("change", narrow);
  if (state) state.addEventListener("change", narrow);
  for (const box of boxes) box.addEventListener("change", narrow);
  more.addEventListener("click", () => {
    limit += STEP;
    filter();
  });
  const open = () => {
    const target = location.hash && document.getElementById(location.hash.slice(1));
    if (!target || !target.classList.contains("finding")) return;
    target.hidden = false;
    const block = target.closest(".block");
    if (block) block.hidden = false;
    target.querySelector("details").open = true;
    target.scrollIntoView();
  };
  addEventListener("hashchange", open);
  filter();
  open();
})();
