/** All jobs of the project. */

import { call } from "./client.js";
import { button, confirmed, duration, empty, field, h, moment, toast } from "./dom.js";
import { listing, repeatedly, search, state, told } from "./listing.js";

/** What a job is called. */
export function nameOf(job) {
  return job.options?.file_name || job.options?.file_url || job.parse_id;
}

/** The columns of lists of jobs; `refresh()` is called when something was done to one. */
export function jobColumns(refresh) {
  const act = async (method, path, done) => (await told(() => call(method, path).then(() => true))) && (toast(done), refresh());
  const over = (job) => job.status === "successful" || job.status === "failure";
  return [
    ["Document", (job) => h("a.strong", { href: `#/jobs/${job.parse_id}` }, nameOf(job))],
    ["Asked for", (job) => job.options?.job_type || ""],
    ["State", (job) => [state(job.status), job.error ? h("small.soft.cut", { title: job.error }, job.error) : job.message_update ? h("small.soft.cut", {}, job.message_update) : null]],
    ["Pages", (job) => (job.total_pages === null ? "–" : job.parsed_pages_count === job.total_pages ? String(job.total_pages) : `${over(job) ? job.parsed_pages_count : (job.tasks_completed_count ?? 0)} of ${job.total_pages}`)],
    ["Submitted", (job) => moment(job.created_at)],
    ["Took", (job) => (job.finished_at ? duration((new Date(job.finished_at) - new Date(job.created_at)) / 1000) : "–")],
    [
      "Actions",
      (job) =>
        h(
          "div.actions",
          {},
          over(job)
            ? [
                button("Replay", () => act("POST", `parse/${job.parse_id}/replay`, "It runs again"), { kind: "quiet" }),
                h("a.button.quiet", { href: `#/compare/${job.parse_id}` }, "Compare"),
                button(`Delete ${nameOf(job)}`, () => confirmed("Delete this job?", "Its result is gone then; the file it was read from stays.", "Delete", async () => (await call("DELETE", `parse/${job.parse_id}`), refresh())), { name: "trash", bare: true, kind: "quiet" }),
              ]
            : button("Cancel", () => act("POST", `parse/${job.parse_id}/cancel`, "Cancelled"), { kind: "quiet" }),
        ),
    ],
  ];
}

/** The view: newest first, with what is still running kept up to date. */
export function jobsView(go, signal) {
  const [name, named] = search("Name of the file contains", () => list.refresh());
  const status = h("select", { onchange: () => list.refresh() }, [["", "any"], ...["pending", "processing", "successful", "failure"].map((word) => [word, word])].map(([value, word]) => h("option", { value }, word)));
  const query = () => ({ ...(name.value ? { filename: name.value } : {}), ...(status.value ? { status: status.value } : {}) });
  let running = false;
  const list = listing("parse", jobColumns(() => list.refresh()), {
    query,
    label: "Jobs",
    none: empty("No jobs yet", "A job is a document that is read: drop one, and its pages, tables and data appear here.", h("a.button.primary", { href: "#/" }, "Read a document")),
    seen: (items) => (running = items.some((job) => job.status === "pending" || job.status === "processing")),
  });
  repeatedly(() => running && list.refresh(), signal);
  return [h("h1", {}, "Jobs"), h("div.row.search", {}, named, field("State", status), h("span.fill"), button("Refresh", () => list.refresh(), { name: "again" })), list];
}
