/** What was read, in tabs beside the pages. */

import { dataPane, spans } from "./data.js";
import { button, download, h, tabs, takeaway } from "./dom.js";
import { requestTabs } from "./request.js";
import { htmlView, jsonView, markdownView } from "./render.js";

/**
 * The tabs of a finished job. `view` is its pages, `fragments` the pane of its fragments; `shown(title)` is
 * told of what is looked at.
 */
export function resultPanes(result, view, fragments, again, shown) {
  const notices = noticesOf(result);
  let data = null;
  const pagesToo = Boolean(result.pages?.some((page) => page.page_fragments.length));
  const panes = tabs(
    [
      result.structured_data?.length ? ["Data", () => (data ??= dataPane(result, view, () => panes.show("Data")))] : null,
      result.form_filling_metadata ? ["Form", () => filledPane(result, view)] : null,
      pagesToo ? ["Fragments", () => fragments] : null,
      ["Markdown", () => markdownPane(result)],
      result.page_classes?.length ? ["Classes", () => classesPane(result, view)] : null,
      result.merged_tables.length ? ["Merged tables", () => mergedPane(result, view), result.merged_tables.length] : null,
      result.chunks.length ? ["Chunks", () => chunksPane(result, view), result.chunks.length] : null,
      ["JSON", () => jsonPane(result)],
      ["Notices", () => noticesPane(notices, view), notices.length],
      ["Request", () => requestTabs(again)],
    ].filter(Boolean),
    "Result",
    (title) => {
      view.fields(title === "Data" ? data.places : []);
      shown(title);
    },
  );
  return panes;
}

/** Faults of pages and warnings: `[bad, page, text, box]`. */
export function noticesOf(result) {
  return [
    ...result.page_errors.map((fault) => [true, fault.page_number, `Could not be read (${fault.stage}): ${fault.message}`, null]),
    ...result.warnings.map((warning) => [false, warning.page_number, warning.message, warning.bbox]),
  ];
}

function toPage(number, view, boxes = []) {
  return button(`Page ${number}`, () => view.show(number, boxes), { kind: "quiet" });
}

function markdownPane(result) {
  const text = result.document_markdown || result.chunks.map((chunk) => chunk.content).join("\n\n");
  return [takeaway("document.md", () => text, "text/markdown"), tabs([["Rendered", () => markdownView(text)], ["Source", () => h("pre.code", { tabindex: "0" }, text)]], "Markdown")];
}

function jsonPane(result) {
  return [takeaway(`${result.parse_id}.json`, () => JSON.stringify(result, null, 2), "application/json"), jsonView(result)];
}

function chunksPane(result, view) {
  const list = h("div");
  const more = (from) => {
    list.append(...result.chunks.slice(from, from + 50).map((chunk, at) => chunkView(chunk, from + at, view)));
    if (result.chunks.length > from + 50) {
      const next = button(`${result.chunks.length - from - 50} more`, () => (next.remove(), more(from + 50)));
      list.append(next);
    }
  };
  more(0);
  return [takeaway("chunks.json", () => JSON.stringify(result.chunks, null, 2), "application/json"), list];
}

function chunkView(chunk, at, view) {
  const pages = chunk.page_numbers?.length ? chunk.page_numbers : chunk.page_number ? [chunk.page_number] : [];
  return h(
    "details.fold",
    { open: at < 5 },
    h("summary", {}, `Chunk ${at + 1}`, h("span.soft", {}, pages.length ? ` · page${pages.length > 1 ? "s" : ""} ${spans(pages)}` : "", chunk.heading_path?.length ? ` · ${chunk.heading_path.join(" › ")}` : "")),
    h("div.inside", {}, pages.length ? toPage(pages[0], view) : null, h("pre", { tabindex: "0" }, chunk.content)),
  );
}

function classesPane(result, view) {
  return result.page_classes.map((found) =>
    h("section", {}, h("h2", {}, found.page_class), h("ul.lines", {}, found.page_numbers.map((number) => h("li", {}, toPage(number, view), h("span", {}, found.classification_reasons?.[number] || ""))))),
  );
}

function mergedPane(result, view) {
  return result.merged_tables.map((table) =>
    h(
      "section",
      {},
      h("div.section-head", {}, h("h2", {}, `Pages ${table.start_page} to ${table.end_page}`), takeaway("table.html", () => table.merged_table_html, "text/html")),
      h("p.soft", {}, table.reason),
      h("div.row.tight", {}, table.merge_actions.pages.map((number) => toPage(number, view, table.cells.filter((cell) => cell.page_number === number && cell.bbox).map((cell) => cell.bbox)))),
      table.summary ? h("p.summary", {}, table.summary) : null,
      htmlView(table.merged_table_html),
    ),
  );
}

function noticesPane(notices, view) {
  if (!notices.length) return h("p.soft", {}, "Nothing was out of the ordinary: every page was read, and nothing gave a warning.");
  return notices.map(([bad, number, message, box]) => h(`div.notice${bad ? ".bad" : ""}`, {}, h("span", {}, message), number ? toPage(number, view, box ? [box] : []) : null));
}

function filledPane(result, view) {
  const told = result.form_filling_metadata;
  const save = (name, base64, type) => button(`Save ${name}`, () => download(name, Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)), type), { name: "save", kind: "primary" });
  const shown = (value) => (value === true ? "☑" : value === false ? "☐" : value ?? "");
  return [
    h("div.row", {}, result.filled_pdf_base64 ? save("filled.pdf", result.filled_pdf_base64, "application/pdf") : null, result.filled_docx_base64 ? save("filled.docx", result.filled_docx_base64, "application/vnd.openxmlformats-officedocument.wordprocessingml.document") : null),
    h("p.soft", {}, `${told.fields_filled} of ${told.fields_detected} fields were filled in.`),
    told.not_placed.map((left) => h("div.notice", {}, h("span", {}, h("strong", {}, left.text), ` has no safe place: ${left.reason}`))),
    told.docx_fill_warnings.map((warning) => h("div.notice", {}, h("span", {}, warning))),
    h(
      "div.scroll",
      { tabindex: "0", role: "region", "aria-label": "Fields of the form" },
      h(
        "table.grid",
        {},
        h("thead", {}, h("tr", {}, ["Field", "Type", "Value"].map((title) => h("th", { scope: "col" }, title)))),
        h("tbody", {}, told.detected_widgets.map((one) => h(`tr${one.filled ? ".filled" : ""}`, {}, h("td", {}, one.bbox ? h("button.cited", { type: "button", onclick: () => view.show(one.page_number, [one.bbox]) }, one.name) : one.name), h("td", {}, one.type), h("td", {}, shown(one.value))))),
      ),
    ),
  ];
}
