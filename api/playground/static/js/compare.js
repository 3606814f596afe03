/** Two runs side by side: what their Markdown has in common, and what only one has. */

import { call } from "./client.js";
import { h } from "./dom.js";
import { moment } from "./lists.js";

const MOST_LINES = 4000;

/** The view of two jobs; without the second it asks for one, of the same file where it can. */
export async function compareView(left, right, go) {
  const one = await call("GET", `parse/${encodeURIComponent(left)}`);
  if (!right) return choose(one, go);
  const other = await call("GET", `parse/${encodeURIComponent(right)}`);
  const [before, after] = [lines(one), lines(other)];
  const rows = difference(before, after).map(([kind, a, b]) => h(`tr.${kind}`, {}, h("td", {}, a), h("td", {}, b)));
  const same = rows.filter((row) => row.classList.contains("same")).length;
  return [
    h("h1", {}, "Two runs"),
    h("p", {}, `${same} lines alike, ${rows.length - same} not.`),
    h("div.scroll", { tabindex: "0" }, h("table.compare", {}, h("thead", {}, h("tr", {}, [one, other].map((job) => h("th", { scope: "col" }, h("a", { href: `#/jobs/${job.parse_id}` }, job.parse_id), h("br"), moment(job.created_at))))), h("tbody", {}, rows))),
  ];
}

async function choose(one, go) {
  const { items } = await call("GET", "parse?limit=100&status=successful");
  const alike = (job) => job.options?.file_id && job.options.file_id === one.options?.file_id;
  const others = items.filter((job) => job.parse_id !== one.parse_id).sort((a, b) => alike(b) - alike(a));
  return [
    h("h1", {}, "Compare with"),
    h("ul", {}, others.map((job) => h("li", {}, h("button.quiet", { type: "button", onclick: () => go(`#/compare/${one.parse_id}/${job.parse_id}`) }, job.options?.file_name || job.parse_id), ` ${moment(job.created_at)}${alike(job) ? " · the same file" : ""}`))),
  ];
}

function lines(job) {
  return (job.document_markdown || "").split("\n").filter((line) => line.trim()).slice(0, MOST_LINES);
}

/** Rows `[kind, left, right]` of the longest common subsequence (Wagner and Fischer, 1974). */
export function difference(a, b) {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end += 1;
  const [left, right] = [a.slice(start, a.length - end), b.slice(start, b.length - end)];
  const width = right.length + 1;
  const lengths = new Uint16Array((left.length + 1) * width);
  for (let i = left.length - 1; i >= 0; i -= 1) {
    for (let j = right.length - 1; j >= 0; j -= 1) {
      lengths[i * width + j] = left[i] === right[j] ? lengths[(i + 1) * width + j + 1] + 1 : Math.max(lengths[(i + 1) * width + j], lengths[i * width + j + 1]);
    }
  }
  const rows = a.slice(0, start).map((line) => ["same", line, line]);
  let [i, j] = [0, 0];
  while (i < left.length || j < right.length) {
    if (i < left.length && j < right.length && left[i] === right[j]) rows.push(["same", left[i++], right[j++]]);
    else if (j >= right.length || (i < left.length && lengths[(i + 1) * width + j] >= lengths[i * width + j + 1])) rows.push(["gone", left[i++], ""]);
    else rows.push(["new", "", right[j++]]);
  }
  return [...rows, ...a.slice(a.length - end).map((line) => ["same", line, line])];
}
