/** Two runs side by side: their text, their data and their pages, with what differs marked. */

import { call, openapi } from "./client.js";
import { difference } from "./differ.js";
import { button, check, duration, empty, h, moment, tabs } from "./dom.js";
import { nameOf } from "./jobs.js";
import { state } from "./listing.js";
import { pruned, requestSchema } from "./options.js";
import { viewer } from "./viewer.js";

const MOST_LINES = 4000;

/** The view of two jobs; without the second it asks for one, of the same file where it can. */
export async function compareView(left, right, go) {
  const one = await call("GET", `parse/${encodeURIComponent(left)}`);
  if (!right) return choose(one, go);
  const other = await call("GET", `parse/${encodeURIComponent(right)}`);
  const api = await openapi();
  const data = one.structured_data?.length || other.structured_data?.length;
  const paged = [one, other].every((job) => job.pages?.some((page) => page.page_dimensions));
  return [
    h("p.crumbs", {}, h("a", { href: "#/jobs" }, "Jobs")),
    h("h1", {}, "Two runs"),
    summary(one, other, api),
    tabs([["Text", () => textPane(one, other)], data ? ["Data", () => rowsPane(lines(flatData(one)), lines(flatData(other)), true)] : null, paged ? ["Pages", () => pagesPane(one, other)] : null].filter(Boolean), "What is compared"),
  ];
}

async function choose(one, go) {
  const { items } = await call("GET", "parse?limit=100&status=successful");
  const alike = (job) => Boolean(job.options?.file_id && job.options.file_id === one.options?.file_id);
  const others = items.filter((job) => job.parse_id !== one.parse_id).sort((a, b) => alike(b) - alike(a));
  if (!others.length) return [h("h1", {}, "Compare"), empty("There is nothing to compare it with yet", "Run the same document again with other options, then come back.", button("Run again with changes", () => go("#/", one), { kind: "primary" }))];
  return [
    h("p.crumbs", {}, h("a", { href: `#/jobs/${one.parse_id}` }, nameOf(one))),
    h("h1", {}, "Compare with"),
    h("ul.choices", {}, others.map((job) => h("li", {}, h("a.card", { href: `#/compare/${one.parse_id}/${job.parse_id}` }, h("strong", {}, nameOf(job)), alike(job) ? h("span.state", {}, "the same file") : null, h("span.fill"), h("span.soft", {}, `${job.options?.job_type} · ${moment(job.created_at)}`))))),
  ];
}

/** What was asked for and what it took, of both; rows that differ stand out. */
function summary(one, other, api) {
  const both = [one, other];
  const asked = both.map((job) => optionsOf(pruned(job.options.configuration, requestSchema(api, "parse"), api)));
  const count = (job) => job.pages?.reduce((sum, page) => sum + page.page_fragments.length, 0) ?? "–";
  const rows = [
    ["State", both.map((job) => state(job.status)), both.map((job) => job.status)],
    ["Pages", both.map((job) => `${job.parsed_pages_count} of ${job.total_pages ?? "–"}`)],
    ["Fragments", both.map((job) => String(count(job)))],
    ["Tables", both.map((job) => String(job.pages?.reduce((sum, page) => sum + page.page_fragments.filter((one) => one.fragment_type === "table").length, 0) ?? "–"))],
    ["Warnings and errors", both.map((job) => String(job.warnings.length + job.page_errors.length))],
    ["Took", both.map((job) => (job.finished_at ? duration((new Date(job.finished_at) - new Date(job.created_at)) / 1000) : "–")), ["", ""]],
    ...[...new Set(asked.flatMap((values) => [...values.keys()]))].map((name) => [h("code", {}, name), asked.map((values) => values.get(name) ?? "–")]),
  ];
  return h(
    "div.scroll.card.flush",
    { tabindex: "0", role: "region", "aria-label": "Both runs" },
    h(
      "table.list.both",
      {},
      h("thead", {}, h("tr", {}, h("td"), both.map((job, at) => h("th", { scope: "col" }, h("a", { href: `#/jobs/${job.parse_id}` }, `${at ? "Right" : "Left"}: ${nameOf(job)}`), h("small.soft", {}, ` ${moment(job.created_at)}`))))),
      h("tbody", {}, rows.map(([name, shown, said = shown]) => h(said[0] === said[1] ? "tr" : "tr.differs", {}, h("th", { scope: "row" }, name), shown.map((one) => h("td", {}, one))))),
    ),
  );
}

/** What was asked for, by the names of the options; schemas and classes by their own. */
function optionsOf({ structured_extraction_options: schemas = [], page_classifications: classes = [], parsing_options: parsing, enrichment_options: enrichment }) {
  const found = flattened({ ...parsing, ...enrichment });
  if (schemas.length) found.set("schemas", schemas.map((one) => `${one.schema_name} (${Object.keys(one.json_schema?.properties || {}).join(", ")})`).join("; "));
  if (classes.length) found.set("classes", classes.map((one) => one.name).join(", "));
  return found;
}

function textPane(one, other) {
  return rowsPane(lines(one.document_markdown), lines(other.document_markdown), false);
}

function lines(text) {
  return (text || "").split("\n").filter((line) => line.trim()).slice(0, MOST_LINES);
}

function flatData(job) {
  return [...flattened(Object.fromEntries((job.structured_data || []).map((found) => [found.schema_name, plain(found.data)])))].map(([name, value]) => `${name}: ${value}`).join("\n");
}

function plain(value) {
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).filter(([name]) => !/_(citation|confidence)$/.test(name)).map(([name, one]) => [name, plain(one)]));
}

/** The values of an object by their paths, as texts. */
function flattened(value, path = "", found = new Map()) {
  if (value !== null && typeof value === "object") for (const [name, one] of Object.entries(value)) flattened(one, path ? `${path}.${name}` : name, found);
  else found.set(path, String(value));
  return found;
}

function rowsPane(before, after, whole) {
  const rows = difference(before, after);
  const differs = rows.filter(([kind]) => kind !== "same").length;
  const only = check("Only what differs", { checked: !whole && rows.length > 60 && differs > 0, onchange: () => show() });
  const body = h("tbody");
  const show = () => body.replaceChildren(...(only.box.checked ? shortened(rows) : rows).map(rowOf));
  show();
  return [
    h("div.row", {}, h("span", {}, differs ? `${differs} line${differs > 1 ? "s" : ""} differ, ${rows.length - differs} are alike.` : `No difference: ${rows.length} lines are alike.`), h("span.fill"), only),
    h("div.scroll.card.flush", { tabindex: "0", role: "region", "aria-label": "Differences" }, h("table.compare", {}, h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Left"), h("th", { scope: "col" }, "Right"))), body)),
  ];
}

/** Rows that differ with one row of what is around, and how many are left out. */
function shortened(rows) {
  const shown = [];
  let skipped = 0;
  rows.forEach((row, at) => {
    if ([-1, 0, 1].some((by) => rows[at + by] && rows[at + by][0] !== "same")) {
      if (skipped) shown.push(["skipped", skipped, ""]);
      skipped = 0;
      shown.push(row);
    } else skipped += 1;
  });
  return skipped ? [...shown, ["skipped", skipped, ""]] : shown;
}

function rowOf([kind, left, right]) {
  if (kind === "skipped") return h("tr.skipped", {}, h("td", { colspan: "2" }, `${left} lines alike`));
  if (kind !== "changed") return h(`tr.${kind}`, {}, h("td", {}, left && kind === "gone" ? h("del", {}, left) : left), h("td", {}, right && kind === "new" ? h("ins", {}, right) : right));
  const words = difference(left.split(/(?<=\s|>)|(?=<)/), right.split(/(?<=\s|>)|(?=<)/));
  const side = (at, name) => words.filter((row) => row[at]).map((row) => (row[0] === "same" ? row[at] : h(name, {}, row[at])));
  return h("tr.changed", {}, h("td", {}, side(1, "del")), h("td", {}, side(2, "ins")));
}

/** The pages of both; boxes that only one has are marked. */
function pagesPane(one, other) {
  const views = [one, other].map((job) => viewer(job.parse_id, { turned: (number) => views.forEach((view) => view !== views[at(job)] && view.turn(number)) }));
  const at = (job) => (job === one ? 0 : 1);
  const content = (page) => new Set((page?.page_fragments || []).map((fragment) => `${fragment.fragment_type} ${fragment.content.content}`));
  let many = 0;
  [one, other].forEach((job, index) => {
    const others = new Map((index ? one : other).pages.map((page) => [page.page_number, content(page)]));
    const places = [];
    for (const page of job.pages) {
      views[index].put(page);
      for (const fragment of page.page_fragments) {
        if (!fragment.bbox || others.get(page.page_number)?.has(`${fragment.fragment_type} ${fragment.content.content}`)) continue;
        places.push({ page_number: page.page_number, box: fragment.bbox, label: `Only here: ${fragment.fragment_type}`, go: () => views[index].show(page.page_number, [fragment.bbox], fragment) });
      }
    }
    many += places.length;
    views[index].fields(places);
  });
  return [h("p", {}, many ? `${many} fragments are marked: they are otherwise in the other run.` : "The fragments of both are the same."), h("div.result", {}, views)];
}
