/** The first page: a document, what is to be done with it, and the request as it will be sent. */

import { Refused, call, openapi, upload } from "./client.js";
import { copy, field, h, tabs, toast } from "./dom.js";
import { EXAMPLES } from "./examples.js";
import { optionsForm, requestSchema, resolved } from "./options.js";
import { snippets } from "./snippets.js";

const OPERATIONS = {
  parse: "Pages, fragments, tables, chunks; and below what you add",
  extract: "Fill your JSON Schemas, each value with its place",
  classify: "Sort pages into classes of yours",
  edit: "Fill in a form as you say",
  read: "Text and structure, nothing more",
};
const PARTS = { parse: ["read", "schemas", "classes"], extract: ["read", "schemas"], classify: ["classes"], edit: ["filling"], read: ["read"] };

/** The view; `go` leads to another one. */
export async function submitView(go, again = null) {
  const api = await openapi();
  const schema = (operation, name) => resolved(requestSchema(api, operation).properties[name], api);
  let operation = "parse";
  const document_ = documentPicker();
  const changed = () => request.refresh();

  const parsing = optionsForm(schema("parse", "parsing_options"), api, { skip: ["merge_tables"], changed });
  const enrichment = optionsForm(schema("parse", "enrichment_options"), api, { changed });
  const filling = optionsForm(schema("edit", "form_filling"), api, { changed });
  const extraction = schemasEditor(resolved(schema("parse", "structured_extraction_options").items, api), api, changed);
  const classes = classesEditor(changed);
  const pages = h("input", { placeholder: "all, or 1-3,7", oninput: changed });

  const parts = {
    schemas: fold("Data by a schema", extraction),
    classes: fold("Page classes", classes),
    filling: fold("Form filling", filling, true),
    read: h("div", {}, fold("parsing_options", parsing), fold("enrichment_options", enrichment)),
  };

  function body() {
    const found = { ...document_.source(), page_range: operation === "edit" ? "" : pages.value.trim() };
    const shown = PARTS[operation];
    if (shown.includes("read")) Object.assign(found, { parsing_options: parsing.values(), enrichment_options: enrichment.values() });
    if (shown.includes("schemas")) found.structured_extraction_options = extraction.values();
    if (shown.includes("classes")) found.page_classifications = classes.values();
    if (shown.includes("filling")) found.form_filling = filling.values();
    return Object.fromEntries(Object.entries(found).filter(([, value]) => !isEmpty(value)));
  }

  const request = requestPanel(() => [operation, body()]);
  const choices = h(
    "fieldset.operations",
    {},
    h("legend", {}, "What is to be done"),
    Object.entries(OPERATIONS).map(([name, about]) =>
      h("label.choice", {}, h("input", { type: "radio", name: "operation", value: name, checked: name === operation, onchange: () => choose(name) }), h("span", {}, h("code", {}, name), h("small", {}, about))),
    ),
  );

  function choose(name) {
    operation = name;
    choices.querySelectorAll("input").forEach((radio) => (radio.checked = radio.value === name));
    for (const [part, element] of Object.entries(parts)) element.hidden = !PARTS[name].includes(part);
    if (name === "extract" && !extraction.count()) extraction.add();
    if (name === "extract") parts.schemas.open = true;
    if (name === "classify" && !classes.count()) classes.add();
    if (name === "classify") parts.classes.open = true;
    pages.closest(".field").hidden = name === "edit";
    request.refresh();
  }

  const status = h("p.progressing", { role: "status" });
  const start = h("button.primary", { type: "submit" }, "Start");
  const form = h(
    "form.submit",
    { onsubmit: submit },
    h("section", {}, document_, choices, field("page_range", pages), Object.values(parts)),
    h("section.side", {}, h("div.start", {}, start, status), request),
  );

  async function submit(event) {
    event.preventDefault();
    start.disabled = true;
    try {
      extraction.check();
      const source = await document_.ready((share) => (status.textContent = `Uploading: ${Math.round(100 * share)} %`));
      request.refresh();
      status.textContent = "Submitting";
      const job = await call("POST", operation, { body: { ...body(), ...source } });
      go(`#/jobs/${job.parse_id}`);
    } catch (error) {
      status.textContent = "";
      toast(error instanceof Refused || error instanceof SyntaxError || error instanceof RangeError ? error.message : String(error), true);
    } finally {
      start.disabled = false;
    }
  }

  if (again) {
    document_.use(again);
    parsing.fill(again.options?.parsing_options);
    enrichment.fill(again.options?.enrichment_options);
  }
  choose("parse");
  return [h("h1", {}, "Read a document"), form];
}

function isEmpty(value) {
  return value === undefined || value === null || value === "" || (typeof value === "object" && !Object.keys(value).length);
}

function fold(title, content, open = false) {
  return h("details.fold", { open }, h("summary", {}, title), content);
}

/** A file, a URL or text. `ready(progress)` uploads what must be uploaded, `source()` says what is known. */
function documentPicker() {
  let file = null;
  let fileId = null;
  const input = h("input", { type: "file", id: "file", onchange: () => take(input.files[0]) });
  const name = h("p.file-name", {}, "Drop a file here, or choose one");
  const url = h("input", { type: "url", placeholder: "https://…/document.pdf" });
  const text = h("textarea", { rows: "3", placeholder: "Text, HTML, Markdown, CSV…" });
  const kind = h("select", {}, ["text/plain", "text/html", "text/markdown", "text/csv", "application/json"].map((type) => h("option", {}, type)));
  const drop = h(
    "label.drop",
    {
      for: "file",
      ondragover: (event) => (event.preventDefault(), drop.classList.add("over")),
      ondragleave: () => drop.classList.remove("over"),
      ondrop: (event) => (event.preventDefault(), drop.classList.remove("over"), take(event.dataTransfer.files[0])),
    },
    name,
    input,
  );
  const choice = tabs(
    [
      ["File", () => drop],
      ["URL", () => field("file_url", url, "Fetched by the service; it must be public, or allowed by its operator.")],
      ["Text", () => [field("raw_text", text), field("mime_type", kind)]],
    ],
    "Where the document is",
  );

  function take(chosen) {
    if (!chosen) return;
    [file, fileId] = [chosen, null];
    name.textContent = `${chosen.name} · ${bytes(chosen.size)}`;
  }

  choice.source = () => {
    if (file || fileId) return { file_id: fileId || "file_…" };
    if (url.value) return { file_url: url.value };
    return text.value ? { raw_text: text.value, mime_type: kind.value } : {};
  };
  choice.ready = async (progress) => {
    if (file && !fileId) fileId = await upload(file, progress);
    const source = choice.source();
    if (!Object.keys(source).length) throw new RangeError("Choose a file, give a URL or paste some text first.");
    return source;
  };
  choice.use = ({ file_id: id, file_name: title }) => {
    if (!id) return;
    [file, fileId] = [null, id];
    name.textContent = title || id;
  };
  return choice;
}

/** Schemas to fill; `check()` throws what is wrong with one of them. */
function schemasEditor(schema, api, changed) {
  const rows = h("div");
  const all = [];
  const examples = h("select", { "aria-label": "Example" }, h("option", { value: "" }, "Begin with…"), Object.keys(EXAMPLES).map((name) => h("option", {}, name)));
  const element = h(
    "div",
    {},
    rows,
    h("div.row", {}, examples, h("button", { type: "button", onclick: () => element.add(examples.value) }, "Add a schema")),
  );

  element.add = (example = "") => {
    const name = h("input", { value: example || "Invoice" });
    const json = h("textarea.code", { rows: "12", spellcheck: "false", value: JSON.stringify(EXAMPLES[example || "Invoice"], null, 2) });
    const fault = h("p.fault", { role: "alert" });
    const rest = optionsForm(schema, api, { skip: ["schema_name", "json_schema", "partition_strategy"] });
    rest.fill({ provide_citations: true });
    const read = () => {
      try {
        fault.textContent = "";
        return JSON.parse(json.value);
      } catch (error) {
        fault.textContent = error.message;
        throw new SyntaxError(`${name.value}: its JSON Schema is not JSON: ${error.message}`);
      }
    };
    const row = h(
      "div.schema",
      { oninput: () => (silently(read), changed()), onchange: changed },
      field("schema_name", name),
      field("json_schema", json),
      fault,
      rest,
      h("button.quiet", { type: "button", onclick: () => (all.splice(all.indexOf(one), 1), row.remove(), changed()) }, "Remove"),
    );
    const one = { name, read, rest };
    all.push(one);
    rows.append(row);
    changed();
  };
  element.count = () => all.length;
  element.check = () => all.forEach((one) => one.read());
  element.values = () => all.map((one) => ({ schema_name: one.name.value, json_schema: silently(one.read) ?? {}, ...one.rest.values() }));
  return element;
}

function silently(read) {
  try {
    return read();
  } catch {
    return undefined; // it is told beside the field
  }
}

function classesEditor(changed) {
  const rows = h("div");
  const element = h("div", { oninput: changed }, rows, h("button", { type: "button", onclick: () => element.add() }, "Add a class"));
  element.add = () => {
    const row = h(
      "div.row",
      {},
      h("input", { placeholder: "name", "aria-label": "Name of the class" }),
      h("input.wide", { placeholder: "what such a page is", "aria-label": "Description" }),
      h("button.quiet", { type: "button", onclick: () => (row.remove(), changed()) }, "Remove"),
    );
    rows.append(row);
    changed();
  };
  element.count = () => rows.children.length;
  element.values = () =>
    [...rows.children]
      .map((row) => [...row.querySelectorAll("input")].map((input) => input.value.trim()))
      .filter(([name]) => name)
      .map(([name, description]) => ({ name, description }));
  return element;
}

/** The request as it will be sent, to be copied in three languages. */
function requestPanel(current) {
  const codes = [0, 1, 2].map(() => h("pre.code", { tabindex: "0" }));
  const element = h(
    "details.fold",
    { open: true },
    h("summary", {}, "This request, to copy"),
    tabs(
      ["curl", "Python", "SDK"].map((title, at) => [
        title,
        () => [h("button.quiet.copy", { type: "button", onclick: () => copy(codes[at].textContent) }, "Copy"), codes[at]],
      ]),
      "Language",
    ),
  );
  element.refresh = () => {
    const [operation, body] = current();
    snippets(operation, body, location.origin).forEach(([, text], at) => (codes[at].textContent = text));
  };
  return element;
}

/** A number of bytes in words. */
export function bytes(count) {
  for (const [unit, size] of [["GB", 1e9], ["MB", 1e6], ["kB", 1e3]]) {
    if (count >= size) return `${(count / size).toFixed(1)} ${unit}`;
  }
  return `${count} bytes`;
}
