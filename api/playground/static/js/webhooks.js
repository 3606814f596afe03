/** Webhooks: who is told of jobs, and what they were sent. */

import { call } from "./client.js";
import { button, check, confirmed, copy, dialog, duration, empty, field, h, moment, toast } from "./dom.js";
import { listing, repeatedly, state, told } from "./listing.js";

const PREFIX = "tensorlake.document_ingestion.job.";
const EVENTS = ["created", "completed", "failed"];

function standing(hook) {
  if (!hook.enabled) return state("disabled", hook.disabled_reason || "");
  return hook.failing_since ? state("failing", `since ${moment(hook.failing_since)}`) : state("enabled");
}

/** All webhooks; a new one shows its secret this once. */
export function webhooksView(go) {
  const none = empty("No webhooks yet", "A webhook is an address that is told, signed, when jobs begin and end, so that nobody has to ask again and again.", button("Add a webhook", () => create(go), { kind: "primary" }));
  const list = listing(
    "webhooks",
    [
      ["Name", (hook) => h("a.strong", { href: `#/webhooks/${hook.id}` }, hook.name || hook.id)],
      ["URL", (hook) => h("span.cut", { title: hook.url }, hook.url)],
      ["Events", (hook) => hook.event_types.map((type) => type.replace(PREFIX, "")).join(", ")],
      ["State", standing],
      ["Made", (hook) => moment(hook.created_at)],
    ],
    { none, label: "Webhooks" },
  );
  return [h("div.row.search", {}, h("h1", {}, "Webhooks"), h("span.fill"), button("Add a webhook", () => create(go), { kind: "primary" })), list];
}

function create(go) {
  const url = h("input", { type: "url", required: true, placeholder: "https://example.org/hooks/octavo" });
  const name = h("input", { placeholder: "what it is for" });
  const events = EVENTS.map((word) => check(word, { value: word, checked: true }));
  dialog("Add a webhook", [field("url", url), field("name", name), h("div.checks", { role: "group", "aria-label": "Events" }, events)], "Add", async () => {
    const chosen = events.filter((one) => one.box.checked).map((one) => PREFIX + one.box.value);
    if (!chosen.length) throw new RangeError("Choose at least one event.");
    const hook = await call("POST", "webhooks", { body: { url: url.value, name: name.value, event_types: chosen } });
    go(`#/webhooks/${hook.id}`);
    secretOf(hook);
  });
}

/** Shows a secret once: it is not on any page afterwards. */
function secretOf(hook) {
  dialog("The webhook's secret", [h("p", {}, "Whoever receives messages checks their signatures with it. It is not shown again here: keep it now."), h("pre.code.secret", { tabindex: "0", role: "group", "aria-label": "Secret" }, hook.secret), button("Copy the secret", () => copy(hook.secret), { name: "copy" })], "I have kept it", () => {});
}

/** One webhook: its settings, and its deliveries with their attempts. */
export async function webhookView(webhookId, go, signal) {
  const path = `webhooks/${encodeURIComponent(webhookId)}`;
  let hook = await call("GET", path, { signal });
  const title = h("h1");
  const meta = h("div.heading");
  const kind = h("select", { "aria-label": "Event to send" }, EVENTS.map((word) => h("option", { value: PREFIX + word, selected: word === "completed" }, word)));

  function show() {
    title.textContent = hook.name || hook.id;
    document.title = `${hook.name || hook.id} – Octavo`;
    meta.replaceChildren(
      ...[
        standing(hook),
        h("code.cut", { title: hook.url }, hook.url),
        hook.disabled_reason ? h("span", {}, hook.disabled_reason) : null,
        h("span.fill"),
        button(hook.enabled ? "Disable" : "Enable", () => change({ enabled: !hook.enabled }), { kind: "quiet" }),
        button("Edit", edit, { kind: "quiet" }),
        button("New secret", rotate, { kind: "quiet" }),
        button("Delete", remove, { kind: "quiet", name: "trash" }),
      ].filter(Boolean),
    );
    test.disabled = !hook.enabled;
  }

  async function change(body) {
    const changed = await told(() => call("PUT", path, { body }));
    if (changed) (hook = changed), show();
    return changed;
  }

  function edit() {
    const url = h("input", { type: "url", required: true, value: hook.url });
    const name = h("input", { value: hook.name });
    const events = EVENTS.map((word) => check(word, { value: word, checked: hook.event_types.includes(PREFIX + word) }));
    dialog("Edit the webhook", [field("url", url), field("name", name), h("div.checks", { role: "group", "aria-label": "Events" }, events)], "Save", async () => {
      hook = await call("PUT", path, { body: { url: url.value, name: name.value, event_types: events.filter((one) => one.box.checked).map((one) => PREFIX + one.box.value) } });
      show();
    });
  }

  const rotate = () => confirmed("Make a new secret?", "For 24 hours messages are signed with both, the old one and the new.", "Make it", async () => secretOf(await call("POST", `${path}/rotate`)));
  const remove = () => confirmed("Delete this webhook?", "What was not delivered yet is not sent any more, and its log is gone.", "Delete", async () => (await call("DELETE", path), go("#/webhooks")));
  const send = async () => (await told(() => call("POST", `${path}/test`, { body: { event_type: kind.value } }))) && (toast("A test event is on its way"), list.refresh());
  const again = async (delivery) => (await told(() => call("POST", `${path}/deliveries/${delivery.id}/redeliver`))) && (toast("It is sent again"), list.refresh());
  const test = button("Send a test event", send);
  let waiting = false;
  const list = listing(
    `${path}/deliveries`,
    [
      ["Event", (delivery) => h("span.strong", {}, delivery.event_type.replace(PREFIX, ""))],
      ["Job", (delivery) => h("a.cut", { href: `#/jobs/${delivery.job_id}`, title: delivery.job_id }, delivery.job_id)],
      ["State", (delivery) => [state(delivery.status), delivery.next_attempt_at ? h("small.soft", {}, `next try ${moment(delivery.next_attempt_at)}`) : null]],
      ["Sent", (delivery) => moment(delivery.created_at)],
      ["Attempts", attempts],
      ["Actions", (delivery) => h("div.actions", {}, button("Redeliver", () => again(delivery), { kind: "quiet", disabled: !hook.enabled }))],
    ],
    { label: "Deliveries", none: empty("Nothing was sent yet", "Send a test event, or read a document: what this address is told will be listed here with every answer."), seen: (items) => (waiting = items.some((one) => one.status === "pending")) },
  );
  repeatedly(() => waiting && list.refresh(), signal, 2);
  show();
  return [h("p.crumbs", {}, h("a", { href: "#/webhooks" }, "Webhooks")), title, meta, h("div.row.search", {}, h("h2", {}, "Deliveries"), h("span.fill"), kind, test, button("Refresh", () => list.refresh(), { name: "again", bare: true })), list];
}

function attempts(delivery) {
  if (!delivery.attempts.length) return "–";
  const last = delivery.attempts.at(-1);
  const line = (one) => `${one.status_code ?? one.error} in ${duration(one.duration_ms / 1000)}`;
  return h("details.attempts", {}, h("summary", {}, `${delivery.attempts.length}: ${line(last)}`), h("ol", {}, delivery.attempts.map((one) => h("li", {}, `${moment(one.attempted_at)}: ${line(one)}`, one.response ? h("pre", { tabindex: "0" }, one.response) : null))));
}
