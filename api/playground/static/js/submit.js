/** The first page: a document, what is to be done with it, and the request as it will be sent. */

import { call, openapi, send } from "./client.js";
import { configurationForm } from "./configuration.js";
import { EXAMPLES } from "./examples.js";
import { button, field, fold, h, toast } from "./dom.js";
import { optionsForm, requestSchema, resolved } from "./options.js";
import { documentPicker } from "./picker.js";
import { requestTabs } from "./request.js";

const OPERATIONS = {
  parse: "Pages, text, tables and chunks, and whatever you add below",
  extract: "Fill your JSON Schemas, each value with its place",
  classify: "Sort pages into classes of yours",
  edit: "Fill in a form as you say",
  read: "Text and structure, nothing more",
};
const PARTS = {
  parse: ["structured_extraction_options", "page_classifications", "parsing_options", "enrichment_options"],
  extract: ["structured_extraction_options", "parsing_options", "enrichment_options"],
  classify: ["page_classifications", "parsing_options"],
  edit: [],
  read: ["parsing_options", "enrichment_options"],
};

/** The view; `go` leads to another one, `again` is a job whose request is to be changed, or a file. */
export async function submitView(go, again = null) {
  const api = await openapi();
  let operation = "parse";
  let request = null;
  const changed = () => request?.refresh();
  const document_ = documentPicker(changed);
  const configuration = configurationForm(api, changed);
  const filling = optionsForm(resolved(requestSchema(api, "edit").properties.form_filling, api), api, { changed });
  const form_ = fold("form_filling", filling, true);
  const pages = h("input", { placeholder: "all, or 1-3,7", oninput: changed });
  const range = field("page_range", pages);

  function body() {
    const found = { ...document_.source(), page_range: range.hidden ? "" : pages.value.trim(), ...configuration.values() };
    if (operation === "edit") found.form_filling = filling.values();
    return found;
  }

  const choices = h(
    "fieldset.operations",
    {},
    h("legend", {}, "What is to be done"),
    Object.entries(OPERATIONS).map(([name, about]) => h("label.choice", {}, h("input", { type: "radio", name: "operation", value: name, onchange: () => choose(name) }), h("span", {}, h("strong", {}, name), h("small", {}, about)))),
  );

  function choose(name) {
    operation = name;
    choices.querySelectorAll("input").forEach((radio) => (radio.checked = radio.value === name));
    configuration.only(PARTS[name]);
    form_.hidden = name !== "edit";
    if (name === "extract") {
      if (!configuration.extraction.count()) configuration.extraction.add("Invoice", EXAMPLES.Invoice[1]);
      configuration.open("structured_extraction_options");
    }
    if (name === "classify") {
      if (!configuration.classes.count()) configuration.classes.add();
      configuration.open("page_classifications");
    }
    range.hidden = name === "edit";
    changed();
  }

  const status = h("p.sending", { role: "status" });
  const fault = h("p.fault", { role: "alert" });
  const start = h("button.primary.large", { type: "submit" }, "Start");
  request = requestTabs(() => [operation, body()]);
  const form = h(
    "form.submit",
    { onsubmit: submit },
    h("section", {}, document_, samples(), choices, range, form_, configuration),
    h("section.side", {}, h("div.card.start", {}, start, status, fault), h("div.card", {}, h("h2", {}, "This request, to copy"), request)),
  );

  async function submit(event) {
    event.preventDefault();
    fault.textContent = "";
    start.disabled = true;
    try {
      configuration.check();
      const source = await document_.ready((share) => (status.textContent = share < 1 ? `Uploading: ${Math.round(100 * share)} %` : "Keeping the file"));
      status.textContent = "Submitting";
      const job = await call("POST", operation, { body: { ...body(), ...source } });
      go(`#/jobs/${job.parse_id}`);
    } catch (error) {
      fault.textContent = error.message;
    } finally {
      status.textContent = "";
      start.disabled = false;
    }
  }

  /** For who has no document at hand: a bill, and the schema that goes with it. */
  function samples() {
    const take = async () => {
      const bill = await (await send("GET", "playground/samples/bill.pdf")).blob();
      document_.show("File");
      document_.take(new File([bill], "bill.pdf", { type: "application/pdf" }));
      if (!configuration.extraction.count()) configuration.extraction.add("Invoice", EXAMPLES.Invoice[1]);
      configuration.open("structured_extraction_options");
      toast("A bill, and a schema for its data: press Start");
    };
    return h("p.soft.samples", {}, "No document at hand? ", button("Take a sample bill", () => take().catch((error) => toast(error.message, true)), { kind: "link" }));
  }

  const kept = again?.options;
  choose(kept && kept.job_type in OPERATIONS ? kept.job_type : "parse");
  if (kept) {
    await refill(again, kept);
  } else if (again?.file_id) document_.use(again);

  async function refill(job, options) {
    const whole = options.file_id || options.file_url ? options : (await call("GET", `parse/${job.parse_id}?with_options=true`)).options;
    document_.use(whole);
    pages.value = options.page_range || "";
    configuration.fill(options.configuration);
    if (options.configuration.form_filling) filling.fill(options.configuration.form_filling);
    changed();
  }

  return [h("div.intro", {}, h("h1", {}, "Read a document"), h("p.soft", {}, "Drop a file, choose what you want of it, and see every word with its place. Nothing leaves this service.")), form];
}
