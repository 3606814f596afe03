/** A job: its progress while it runs, its result when it has ended. */

import { Refused, call, follow } from "./client.js";
import { copy, download, h, tabs, toast } from "./dom.js";
import { pagesView } from "./pages.js";
import { htmlView, jsonView, markdownView } from "./render.js";
import { moment } from "./lists.js";

/** The view of the job; `signal` ends what it listens to when another view takes its place. */
export async function jobView(parseId, go, signal) {
  const body = h("div");
  const title = h("h1", {}, parseId);
  const first = await call("GET", `parse/${encodeURIComponent(parseId)}`);
  show(first);
  if (!ended(first)) listen();

  async function listen() {
    try {
      for await (const { data } of follow(parseId, signal)) show(data);
    } catch (error) {
      if (!signal.aborted) toast(error.message, true);
    }
  }

  function show(job) {
    const name = job.options?.file_name || job.options?.source?.file_name;
    title.textContent = name || parseId;
    body.replaceChildren(heading(job), ended(job) ? resultView(job) : progressView(job));
    document.title = `${name || parseId} – Octavo`;
  }

  function heading(job) {
    const act = (label, path, method = "POST", after = () => go(`#/jobs/${parseId}`, true)) =>
      h("button.quiet", { type: "button", onclick: () => attempt(method, path, after) }, label);
    return h(
      "div.heading",
      {},
      h(`span.state.${job.status}`, {}, job.status),
      h("span", {}, moment(job.created_at)),
      job.total_pages ? h("span", {}, `${job.parsed_pages_count} of ${job.total_pages} pages`) : null,
      ended(job)
        ? [act("Replay", `parse/${parseId}/replay`), act("Delete", `parse/${parseId}`, "DELETE", () => go("#/jobs")), h("a.button.quiet", { href: `#/compare/${parseId}` }, "Compare")]
        : act("Cancel", `parse/${parseId}/cancel`),
      h("button.quiet", { type: "button", onclick: () => copy(parseId) }, "Copy id"),
    );
  }

  return [title, body];
}

async function attempt(method, path, after) {
  try {
    await call(method, path);
    after();
  } catch (error) {
    toast(error instanceof Refused ? error.message : String(error), true);
  }
}

/** Whether nothing more will happen to the job. */
export function ended(job) {
  return job.status === "successful" || job.status === "failure";
}

function progressView(job) {
  const total = job.tasks_total_count ?? job.total_pages;
  const done = job.tasks_completed_count ?? job.parsed_pages_count ?? 0;
  const bar = h("progress", { max: total || null, value: total ? done : null, "aria-label": "Pages done" });
  if (!total) bar.removeAttribute("value");
  return h("div.waiting", {}, bar, h("p", {}, job.message_update || "Waiting for a worker"));
}

/** Pages at the left, what was read at the right; a click on either shows the other. */
export function resultView(result) {
  const fault = result.error ? h("p.notice.bad", {}, result.error) : null;
  if (!result.pages?.length) return h("div", {}, fault, jsonView(result));
  const pages = pagesView(result, (fragment, page) => {
    panes.show("Fragments");
    fragments.reveal(fragment, page);
    pages.mark(fragment, page);
  });
  const fragments = fragmentsPane(result, pages);
  const show = (number, boxes) => pages.show(number, boxes);
  const notices = [...result.page_errors, ...result.warnings];
  const panes = tabs(
    [
      ["Fragments", () => fragments],
      ["Markdown", () => markdownPane(result)],
      result.structured_data?.length ? ["Data", () => dataPane(result, show)] : null,
      result.page_classes?.length ? ["Classes", () => classesPane(result, show)] : null,
      result.merged_tables.length ? ["Merged tables", () => mergedPane(result, show)] : null,
      ["Chunks", () => chunksPane(result, show)],
      ["JSON", () => jsonPane(result)],
      [`Notices${notices.length ? ` (${notices.length})` : ""}`, () => noticesPane(result, show)],
      result.form_filling_metadata ? ["Form", () => filledPane(result)] : null,
    ].filter(Boolean),
    "Result",
  );
  return h("div.result", {}, fault, h("div.left", {}, legend(result, pages), pages), h("div.right", {}, panes));
}

function legend(result, pages) {
  const types = new Set(result.pages.flatMap((page) => page.page_fragments.map((fragment) => fragment.fragment_type)));
  const toggle = (what, label) => {
    const button = h("button.quiet", { type: "button", "aria-pressed": "false", onclick: () => button.setAttribute("aria-pressed", pages.toggle(what)) }, label);
    return button;
  };
  return h(
    "div.legend",
    {},
    toggle("order", "Reading order"),
    toggle("cells", "Table cells"),
    [...types].map((type) => h(`span.type.t-${type}`, {}, type)),
  );
}

/** All fragments, page by page; those of a page are made when it comes near, or one of them is asked for. */
function fragmentsPane(result, pages) {
  const sections = new Map();
  const list = h("div.fragments");
  const near = new IntersectionObserver((seen) => seen.forEach((entry) => entry.isIntersecting && entry.target.make()), { rootMargin: "1500px 0px" });
  for (const page of result.pages) {
    const section = h("section", {}, h("h2", {}, `Page ${page.page_number}`));
    section.make = () => {
      near.unobserve(section);
      section.make = () => {};
      section.views = page.page_fragments.map((fragment) => fragmentView(fragment, page, pages));
      section.append(...section.views);
    };
    sections.set(page, section);
    list.append(section);
    near.observe(section);
  }
  list.reveal = (fragment, page) => {
    const section = sections.get(page);
    section.make();
    const view = section.views[page.page_fragments.indexOf(fragment)];
    view.focus({ preventScroll: true });
    view.scrollIntoView({ block: "nearest" });
  };
  return list;
}

function fragmentView(fragment, page, pages) {
  const { content, html, image_base64: image, summary } = fragment.content;
  const element = h(
    `article.fragment.t-${fragment.fragment_type}`,
    { tabindex: "0", onclick: () => pages.mark(fragment, page), onkeydown: (event) => event.key === "Enter" && pages.mark(fragment, page) },
    h(
      "header",
      {},
      h(`span.type.t-${fragment.fragment_type}`, {}, fragment.fragment_type),
      fragment.confidence === null || fragment.confidence === undefined ? null : h("span.confidence", { title: "confidence" }, `${Math.round(100 * fragment.confidence)} %`),
      fragment.source ? h("span.source", { title: "where the text is from" }, String(fragment.source)) : null,
    ),
    html && fragment.fragment_type === "table" ? htmlView(html) : h("p", {}, content),
    image ? h("img", { src: `data:image/png;base64,${image}`, alt: "", loading: "lazy" }) : null,
    summary ? h("p.summary", {}, summary) : null,
  );
  return element;
}

function markdownPane(result) {
  const text = result.document_markdown || result.chunks.map((chunk) => chunk.content).join("\n\n");
  return [
    h("div.row", {}, h("button.quiet", { type: "button", onclick: () => copy(text) }, "Copy"), h("button.quiet", { type: "button", onclick: () => download("document.md", text, "text/markdown") }, "Save")),
    tabs([["Rendered", () => markdownView(text)], ["Source", () => h("pre.code", { tabindex: "0" }, text)]], "Markdown"),
  ];
}

function jsonPane(result) {
  const save = () => download(`${result.parse_id}.json`, JSON.stringify(result, null, 2), "application/json");
  return [h("div.row", {}, h("button.quiet", { type: "button", onclick: save }, "Save")), jsonView(result)];
}

function chunksPane(result, show) {
  return result.chunks.map((chunk, at) =>
    h(
      "details.fold",
      { open: at < 20 },
      h("summary", {}, `Chunk ${at + 1} · pages ${[...(chunk.page_numbers?.length ? chunk.page_numbers : [chunk.page_number])].join(", ")}`, chunk.heading_path?.length ? ` · ${chunk.heading_path.join(" › ")}` : ""),
      h("button.quiet", { type: "button", onclick: () => show(chunk.page_number, []) }, "To the page"),
      h("pre", {}, chunk.content),
    ),
  );
}

/** Extracted values; a click on one shows the words that say it. */
function dataPane(result, show) {
  return result.structured_data.map((found) => [
    h("h2", {}, found.schema_name, h("small", {}, ` pages ${found.page_numbers.join(", ")}`)),
    valueView(found.data, show),
    h("button.quiet", { type: "button", onclick: () => copy(JSON.stringify(found.data, null, 2)) }, "Copy as JSON"),
  ]);
}

function valueView(value, show) {
  if (Array.isArray(value)) return h("ol.values", {}, value.map((item) => h("li", {}, valueView(item, show))));
  if (value === null || typeof value !== "object") return h("span.value", {}, value === null ? "–" : String(value));
  const rows = Object.entries(value).filter(([name]) => !(name.endsWith("_citation") && name.slice(0, -9) in value) && !(name.endsWith("_confidence") && name.slice(0, -11) in value));
  return h(
    "dl.values",
    {},
    rows.map(([name, item]) => {
      const places = value[`${name}_citation`];
      const confidence = value[`${name}_confidence`];
      return [
        h("dt", {}, name),
        h(
          "dd",
          {},
          places?.length ? h("button.cited", { type: "button", title: "Show where it stands", onclick: () => cite(places, show) }, valueView(item, show)) : valueView(item, show),
          typeof confidence === "number" ? h("span.confidence", { title: "confidence" }, `${Math.round(100 * confidence)} %`) : null,
        ),
      ];
    }),
  );
}

function cite(places, show) {
  const number = places[0].page_number;
  show(number, places.filter((place) => place.page_number === number));
}

function classesPane(result, show) {
  return result.page_classes.map((found) =>
    h(
      "section",
      {},
      h("h2", {}, found.page_class),
      h("ul", {}, found.page_numbers.map((number) => h("li", {}, h("button.quiet", { type: "button", onclick: () => show(number, []) }, `Page ${number}`), ` ${found.classification_reasons?.[number] || ""}`))),
    ),
  );
}

function mergedPane(result, show) {
  return result.merged_tables.map((table) =>
    h(
      "section",
      {},
      h("h2", {}, `Pages ${table.start_page} to ${table.end_page}`),
      h("p", {}, table.reason),
      h("button.quiet", { type: "button", onclick: () => show(table.start_page, []) }, "To the page"),
      htmlView(table.merged_table_html),
    ),
  );
}

function noticesPane(result, show) {
  const lines = [
    ...result.page_errors.map((fault) => ["bad", fault.page_number, `${fault.stage}: ${fault.message}`, null]),
    ...result.warnings.map((warning) => ["", warning.page_number, warning.message, warning.bbox]),
  ];
  if (!lines.length) return h("p", {}, "Nothing was out of the ordinary.");
  return lines.map(([kind, number, message, box]) =>
    h(
      `div.notice${kind && `.${kind}`}`,
      {},
      number ? h("button.quiet", { type: "button", onclick: () => show(number, box ? [box] : []) }, `Page ${number}`) : null,
      h("span", {}, message),
    ),
  );
}

function filledPane(result) {
  const save = (name, base64, type) => {
    const data = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    return h("button.primary", { type: "button", onclick: () => download(name, data, type) }, `Save ${name}`);
  };
  return [
    result.filled_pdf_base64 ? save("filled.pdf", result.filled_pdf_base64, "application/pdf") : null,
    result.filled_docx_base64 ? save("filled.docx", result.filled_docx_base64, "application/octet-stream") : null,
    jsonView(result.form_filling_metadata),
  ];
}
