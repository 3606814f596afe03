/** The playground: which view is shown, and the key. Views are functions that give elements. */

import { NO_KEY, key, setKey } from "./client.js";
import { flat, h, toast } from "./dom.js";

const SECTIONS = [["#/", "New"], ["#/jobs", "Jobs"], ["#/files", "Files"], ["#/datasets", "Datasets"], ["#/webhooks", "Webhooks"]];
const main = document.getElementById("main");
let leaving = new AbortController();

const VIEWS = [
  [/^#\/jobs\/([^/]+)$/, async ([id], signal) => (await import("./job.js")).jobView(id, go, signal)],
  [/^#\/jobs$/, async () => (await import("./lists.js")).jobsView()],
  [/^#\/files$/, async () => (await import("./lists.js")).filesView(go)],
  [/^#\/datasets$/, async () => (await import("./lists.js")).datasetsView()],
  [/^#\/webhooks$/, async () => (await import("./lists.js")).webhooksView(go)],
  [/^#\/webhooks\/([^/]+)$/, async ([id]) => (await import("./lists.js")).deliveriesView(id)],
  [/^#\/compare\/([^/]+)(?:\/([^/]+))?$/, async ([left, right]) => (await import("./compare.js")).compareView(left, right, go)],
  [/.*/, async (_, __, given) => (await import("./submit.js")).submitView(go, given)],
];

/** Leads to another view; `given` is handed to it, `true` shows the present one anew. */
function go(hash, given = null) {
  if (location.hash === hash) show(given);
  else {
    handed = given;
    location.hash = hash;
  }
}

let handed = null;

async function show(given = handed) {
  handed = null;
  leaving.abort();
  leaving = new AbortController();
  const { signal } = leaving;
  const hash = location.hash || "#/";
  const [pattern, view] = VIEWS.find(([known]) => known.test(hash));
  mark(hash);
  document.title = "Octavo";
  try {
    const made = await view(hash.match(pattern).slice(1).map((part) => part && decodeURIComponent(part)), signal, given);
    if (!signal.aborted) main.replaceChildren(...flat([made]));
  } catch (error) {
    if (signal.aborted) return;
    main.replaceChildren(h("p.notice.bad", {}, error.message), h("button", { type: "button", onclick: () => show() }, "Try again"));
  }
}

function mark(hash) {
  document.getElementById("nav").replaceChildren(
    ...SECTIONS.map(([to, title]) => h("a", { href: to, "aria-current": (to === "#/" ? hash === to : hash.startsWith(to)) ? "page" : null }, title)),
  );
}

/** Asks for a key in a dialog, once at a time, then shows the view anew. */
function askForKey(reason = "") {
  if (document.querySelector("dialog")) return;
  const input = h("input", { type: "password", autocomplete: "off", id: "key-input", value: key() || "" });
  const dialog = h(
    "dialog",
    { "aria-labelledby": "key-title", onclose: () => dialog.remove() },
    h(
      "form",
      { method: "dialog", onsubmit: () => (setKey(input.value.trim()), show()) },
      h("h2", { id: "key-title" }, "API key"),
      h("p", {}, reason || "It stays in this tab and is gone when you close it. A service without keys needs none."),
      h("label", { for: "key-input" }, "Key"),
      input,
      h("div.row", {}, h("button.primary", { type: "submit" }, "Use it"), h("button", { type: "button", onclick: () => dialog.close() }, "Cancel")),
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
}

window.addEventListener(NO_KEY, (event) => askForKey(event.detail));
document.getElementById("key").addEventListener("click", () => askForKey());
window.addEventListener("hashchange", () => show());
window.addEventListener("unhandledrejection", (event) => toast(String(event.reason?.message || event.reason), true));
show();
