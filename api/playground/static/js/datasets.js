/** Datasets: one configuration, many documents. */

import { call, openapi } from "./client.js";
import { configurationForm } from "./configuration.js";
import { button, confirmed, empty, field, fold, h, moment, toast } from "./dom.js";
import { jobColumns } from "./jobs.js";
import { listing, repeatedly, search, state } from "./listing.js";
import { pruned, requestSchema } from "./options.js";
import { jsonView } from "./render.js";
import { uploadArea } from "./uploading.js";

/** All datasets. */
export function datasetsView() {
  const [name, named] = search("Name contains", () => list.refresh());
  const none = empty("No datasets yet", "A dataset keeps options, schemas and classes under a name: drop as many documents as you like, and all are read alike.", h("a.button.primary", { href: "#/datasets/new" }, "Make a dataset"));
  const list = listing(
    "datasets",
    [
      ["Name", (set) => h("a.strong", { href: `#/datasets/${set.dataset_id}` }, set.name)],
      ["Description", (set) => set.description || "–"],
      ["State", (set) => state(set.status)],
      ["Made", (set) => moment(set.created_at)],
    ],
    { query: () => (name.value ? { name: name.value } : {}), none, label: "Datasets" },
  );
  return [h("h1", {}, "Datasets"), h("div.row.search", {}, named, h("span.fill"), h("a.button.primary", { href: "#/datasets/new" }, "New dataset")), list];
}

/** A form for a new dataset. */
export async function newDatasetView(go) {
  const api = await openapi();
  const name = h("input", { required: true, pattern: "[A-Za-z0-9_\\-]{1,255}", placeholder: "invoices-2026" });
  const about = h("input", {});
  const configuration = configurationForm(api, () => {});
  const fault = h("p.fault", { role: "alert" });
  const make = async (event) => {
    event.preventDefault();
    try {
      configuration.check();
      const made = await call("POST", "datasets", { body: { name: name.value, description: about.value || null, ...configuration.values() } });
      go(`#/datasets/${made.dataset_id}`);
    } catch (error) {
      fault.textContent = error.message;
    }
  };
  return [
    h("p.crumbs", {}, h("a", { href: "#/datasets" }, "Datasets")),
    h("h1", {}, "New dataset"),
    h("form.narrow", { onsubmit: make }, field("name", name, "Letters, digits, - and _."), field("description", about), configuration, fault, h("button.primary", { type: "submit" }, "Make it")),
  ];
}

/** One dataset: drop documents, and see what becomes of them. */
export async function datasetView(datasetId, go, signal) {
  const path = `datasets/${encodeURIComponent(datasetId)}`;
  const api = await openapi();
  const counts = h("div.counts");
  const stand = h("span");
  const set = await load();

  async function load() {
    const found = await call("GET", `${path}?include_analytics=true&include_configuration=true`, { signal });
    const told = found.analytics;
    stand.replaceChildren(state(found.status));
    counts.replaceChildren(...[["Documents", told.total_jobs], ["Done", told.total_successful_parse_jobs], ["Running", told.total_processing_parse_jobs], ["Waiting", told.total_pending_parse_jobs], ["Failed", told.total_error_parse_jobs]].map(([title, many]) => h("div.count-card", {}, h("strong", {}, String(many)), h("span.soft", {}, title))));
    return found;
  }

  const refresh = async () => {
    const found = await load().catch(() => null);
    list.refresh();
    busy = found?.status === "processing";
  };
  let busy = set.status === "processing";
  const list = listing(`${path}/data`, jobColumns(() => refresh()), { label: "Documents of the dataset", none: empty("No documents yet", "Drop some above: each becomes a job with this dataset's options.") });
  repeatedly(() => busy && refresh(), signal);
  const each = (fileId) => call("POST", `${path}/parse`, { body: { file_id: fileId } });
  const remove = () => confirmed(`Delete ${set.name}?`, "All its jobs and results go with it, running ones are cancelled. Files stay.", "Delete", async () => (await call("DELETE", path), toast("Deleted"), go("#/datasets")));
  document.title = `${set.name} – Octavo`;
  return [
    h("p.crumbs", {}, h("a", { href: "#/datasets" }, "Datasets")),
    h("h1", {}, set.name),
    h("div.heading", {}, stand, set.description ? h("span", {}, set.description) : null, h("span", {}, moment(set.created_at)), h("span.fill"), button("Refresh", refresh, { kind: "quiet", name: "again" }), button("Delete", remove, { kind: "quiet", name: "trash" })),
    counts,
    uploadArea("Drop documents here, or click to choose many", each, refresh),
    list,
    fold("Configuration", jsonView(pruned(set.configuration, requestSchema(api, "parse"), api))),
  ];
}
