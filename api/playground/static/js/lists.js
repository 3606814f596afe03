/** Lists of what a project has: jobs, files, datasets, webhooks and their deliveries. */

import { Refused, call } from "./client.js";
import { check, field, h, toast } from "./dom.js";
import { jsonView } from "./render.js";
import { bytes } from "./submit.js";

/** A moment as this reader writes it. */
export function moment(text) {
  return text ? new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" }).format(new Date(text)) : "–";
}

/** A table that grows page by page: `columns` are `[title, item => content]`, `query()` what is asked for. */
function listing(path, columns, query = () => ({}), items = (page) => page.items) {
  const body = h("tbody");
  const more = h("button", { type: "button", onclick: () => load(), hidden: true }, "More");
  const none = h("p", { hidden: true }, "Nothing here yet.");
  const element = h("div", {}, h("div.scroll", { tabindex: "0" }, h("table.list", {}, h("thead", {}, h("tr", {}, columns.map(([title]) => (title ? h("th", { scope: "col" }, title) : h("td"))))), body)), none, more);
  let cursor = null;
  let asked = 0;

  async function load() {
    const mine = (asked += 1);
    const given = { ...query(), ...(cursor ? { cursor } : {}) };
    const page = await told(() => call("GET", `${path}?${new URLSearchParams(given)}`));
    if (!page || mine !== asked) return;
    body.append(...items(page).map((item) => h("tr", {}, columns.map(([, cell]) => h("td", {}, cell(item))))));
    cursor = page.has_more ? page.next_cursor : null;
    more.hidden = !cursor;
    none.hidden = body.childElementCount > 0;
  }

  element.refresh = () => {
    cursor = null;
    body.replaceChildren();
    return load();
  };
  element.refresh();
  return element;
}

async function told(work) {
  try {
    return await work();
  } catch (error) {
    toast(error instanceof Refused ? error.message : String(error), true);
    return null;
  }
}

function later(work, wait = 250) {
  let timer;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(work, wait);
  };
}

function search(label, refresh) {
  const box = h("input", { type: "search", oninput: later(() => refresh()) });
  return [box, field(label, box)];
}

/** All jobs, newest first. */
export function jobsView() {
  const [name, named] = search("Name of the file contains", () => list.refresh());
  const status = h("select", { onchange: () => list.refresh() }, ["", "pending", "processing", "successful", "failure"].map((word) => h("option", { value: word }, word || "any")));
  const list = listing(
    "parse",
    [
      ["Document", (job) => h("a", { href: `#/jobs/${job.parse_id}` }, job.options?.file_name || job.options?.source?.file_name || job.parse_id)],
      ["State", (job) => h(`span.state.${job.status}`, { title: job.error || "" }, job.status)],
      ["Pages", (job) => (job.total_pages === null ? "–" : `${job.parsed_pages_count} of ${job.total_pages}`)],
      ["Made", (job) => moment(job.created_at)],
      ["Ended", (job) => moment(job.finished_at)],
    ],
    () => ({ ...(name.value ? { filename: name.value } : {}), ...(status.value ? { status: status.value } : {}) }),
  );
  return [h("h1", {}, "Jobs"), h("div.row", {}, named, field("State", status), h("button", { type: "button", onclick: () => list.refresh() }, "Refresh")), list];
}

/** All files; one can be read anew or deleted. */
export function filesView(go) {
  const [name, named] = search("Name contains", () => list.refresh());
  const remove = async (file) => (await told(() => call("DELETE", `files/${file.file_id}`).then(() => true))) && list.refresh();
  const list = listing(
    "files",
    [
      ["Name", (file) => file.file_name],
      ["Size", (file) => bytes(file.file_size)],
      ["Type", (file) => file.mime_type],
      ["Uploaded", (file) => moment(file.created_at)],
      ["", (file) => [h("button.quiet", { type: "button", onclick: () => go("#/", { file_id: file.file_id, file_name: file.file_name }) }, "Read"), h("button.quiet", { type: "button", onclick: () => remove(file) }, "Delete")]],
    ],
    () => (name.value ? { filename: name.value } : {}),
  );
  return [h("h1", {}, "Files"), h("div.row", {}, named), list];
}

/** All datasets with their jobs' counts. */
export function datasetsView() {
  const list = listing("datasets", [
    ["Name", (set) => set.name],
    ["State", (set) => h(`span.state.${set.status}`, {}, set.status)],
    ["Jobs", (set) => (set.analytics ? Object.entries(set.analytics).map(([what, count]) => `${what.replaceAll("_", " ")}: ${count}`).join(", ") : "–")],
    ["Made", (set) => moment(set.created_at)],
    ["Options", (set) => (set.configuration ? jsonView(set.configuration, "", false) : "–")],
  ]);
  return [h("h1", {}, "Datasets"), list];
}

/** All webhooks; a new one shows its secret this once. */
export function webhooksView(go) {
  const url = h("input", { type: "url", required: true, placeholder: "https://…" });
  const name = h("input", { required: true });
  const made = h("p.notice", { hidden: true, role: "status" });
  const events = ["completed", "failed"].map((word) => check(word, { value: word, checked: true }));
  const act = async (method, path, done) => (await told(() => call(method, path).then(() => true))) && (done ? toast(done) : null, list.refresh());
  const create = async (event) => {
    event.preventDefault();
    const prefix = "tensorlake.document_ingestion.job.";
    const chosen = events.filter((one) => one.box.checked).map((one) => prefix + one.box.value);
    const hook = await told(() => call("POST", "webhooks", { body: { url: url.value, name: name.value, event_types: chosen } }));
    if (!hook) return;
    made.hidden = false;
    made.textContent = `The secret of ${hook.name}, to verify what is sent: ${hook.secret}`;
    list.refresh();
  };
  const list = listing("webhooks", [
    ["Name", (hook) => h("a", { href: `#/webhooks/${hook.id}` }, hook.name)],
    ["URL", (hook) => hook.url],
    ["State", (hook) => (hook.enabled ? (hook.failing_since ? `failing since ${moment(hook.failing_since)}` : "enabled") : hook.disabled_reason || "disabled")],
    ["", (hook) => [h("button.quiet", { type: "button", onclick: () => act("POST", `webhooks/${hook.id}/test`, "A test event is on its way") }, "Test"), h("button.quiet", { type: "button", onclick: () => go(`#/webhooks/${hook.id}`) }, "Deliveries"), h("button.quiet", { type: "button", onclick: () => act("DELETE", `webhooks/${hook.id}`) }, "Delete")]],
  ]);
  return [
    h("h1", {}, "Webhooks"),
    h("details.fold", {}, h("summary", {}, "New webhook"), h("form", { onsubmit: create }, field("url", url), field("name", name), h("div.checks", {}, events), h("button.primary", { type: "submit" }, "Create")), made),
    list,
  ];
}

/** The deliveries of one webhook, each with its attempts. */
export function deliveriesView(webhookId) {
  const again = async (delivery) => (await told(() => call("POST", `webhooks/${webhookId}/deliveries/${delivery.id}/redeliver`).then(() => true))) && (toast("Sent again"), list.refresh());
  const list = listing(`webhooks/${webhookId}/deliveries`, [
    ["Event", (delivery) => delivery.event_type.split(".").pop()],
    ["Job", (delivery) => h("a", { href: `#/jobs/${delivery.job_id}` }, delivery.job_id)],
    ["State", (delivery) => h(`span.state.${delivery.status}`, {}, delivery.status)],
    ["Made", (delivery) => moment(delivery.created_at)],
    ["Attempts", (delivery) => (delivery.attempts.length ? jsonView(delivery.attempts, "", false) : "–")],
    ["", (delivery) => h("button.quiet", { type: "button", onclick: () => again(delivery) }, "Redeliver")],
  ]);
  return [h("h1", {}, "Deliveries"), h("p", {}, h("a", { href: "#/webhooks" }, "All webhooks")), h("button", { type: "button", onclick: () => list.refresh() }, "Refresh"), list];
}
