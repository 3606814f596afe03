/** What is drawn over a page: boxes of fragments, the reading order, cells of tables, places of values. */

import { svg } from "./dom.js";

/**
 * A layer over the page that `held` has. `drawn` says what is drawn: `boxes`, `order`, `cells`, `hidden` types,
 * `fields`. `chosen(fragment)` is told of clicks. Arrow keys go from box to box.
 */
export function overlay(held, drawn, chosen) {
  const { width, height, page } = held;
  const layer = svg("svg", { viewBox: `0 0 ${width} ${height}`, class: "boxes", onkeydown: move });
  const unit = Math.max(width, height) / 800;
  const seen = page.page_fragments.filter((fragment) => fragment.bbox && !drawn.hidden.has(fragment.fragment_type));
  const inOrder = seen.filter((fragment) => fragment.reading_order !== null && fragment.reading_order >= 0).sort((a, b) => a.reading_order - b.reading_order);
  if (drawn.boxes) seen.forEach((fragment, at) => layer.append(boxOf(fragment, at, held, chosen)));
  for (const fragment of seen) {
    if (drawn.cells || held.selected === fragment) for (const cell of fragment.content.cells || []) layer.append(svg("rect", { ...corners(cell.bounding_box), class: "cell" }));
  }
  if (drawn.order && inOrder.length) layer.append(...order(inOrder, unit));
  for (const place of drawn.fields) if (place.page_number === page.page_number) layer.append(valueBox(place));
  for (const box of held.marks) layer.append(svg("rect", { ...corners(box, 1.5 * unit), rx: 2 * unit, class: "mark" }));
  return layer;
}

function boxOf(fragment, at, held, chosen) {
  const act = () => chosen(fragment);
  return svg("rect", {
    ...corners(fragment.bbox),
    class: `box t-${fragment.fragment_type}${held.selected === fragment ? " selected" : ""}`,
    tabindex: at ? "-1" : "0",
    role: "button",
    "aria-label": `${fragment.fragment_type}: ${String(fragment.content.content || "").slice(0, 80)}`,
    onclick: act,
    onkeydown: (event) => pressed(event, act),
  });
}

function valueBox({ box, label, go }) {
  return svg("rect", { ...corners(box, 1), class: "value-box", tabindex: "-1", role: "button", "aria-label": label, onclick: go, onkeydown: (event) => pressed(event, go) }, svg("title", {}, label));
}

function pressed(event, act) {
  if (event.key !== "Enter" && event.key !== " ") return;
  event.preventDefault();
  act();
}

function move(event) {
  const by = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
  const all = [...event.currentTarget.querySelectorAll(".box, .value-box")];
  const next = by && all[all.indexOf(document.activeElement) + by];
  if (!by) return;
  event.preventDefault();
  next?.focus();
}

/** A line from fragment to fragment, and their numbers. */
function order(fragments, unit) {
  const start = ({ bbox }) => [bbox.x1 + 7 * unit, bbox.y1 + 7 * unit];
  const points = fragments.map((fragment) => start(fragment).join(",")).join(" ");
  return [
    svg("polyline", { points, class: "path" }),
    ...fragments.map((fragment) => {
      const [x, y] = start(fragment);
      return svg("g", { class: "order" }, svg("circle", { cx: x, cy: y, r: 7 * unit }), svg("text", { x, y: y + 3 * unit, "font-size": 8.5 * unit }, String(fragment.reading_order + 1)));
    }),
  ];
}

function corners({ x1, y1, x2, y2 }, more = 0) {
  return { x: x1 - more, y: y1 - more, width: Math.max(x2 - x1, 0.5) + 2 * more, height: Math.max(y2 - y1, 0.5) + 2 * more };
}
