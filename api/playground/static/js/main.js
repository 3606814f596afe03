/** The playground: which view is shown, and the key. Views are functions that give elements. */

import { NO_KEY, key, setKey } from "./client.js";
import { dialog, flat, h, toast } from "./dom.js";

const SECTIONS = [["#/", "New"], ["#/jobs", "Jobs"], ["#/files", "Files"], ["#/datasets", "Datasets"], ["#/webhooks", "Webhooks"]];
const main = document.getElementById("main");
let leaving = new AbortController();

const VIEWS = [
  [/^#(?:\/jobs\/|job=)([^/?&]+)/, async ([id], signal) => (await import("./job.js")).jobView(id, go, signal, placeIn(location.hash), (place) => keepPlace(id, place))],
  [/^#\/jobs$/, async (_, signal) => (await import("./jobs.js")).jobsView(go, signal)],
  [/^#\/files$/, async () => (await import("./files.js")).filesView(go)],
  [/^#\/datasets$/, async () => (await import("./datasets.js")).datasetsView()],
  [/^#\/datasets\/new$/, async () => (await import("./datasets.js")).newDatasetView(go)],
  [/^#\/datasets\/([^/]+)$/, async ([id], signal) => (await import("./datasets.js")).datasetView(id, go, signal)],
  [/^#\/webhooks$/, async () => (await import("./webhooks.js")).webhooksView(go)],
  [/^#\/webhooks\/([^/]+)$/, async ([id], signal) => (await import("./webhooks.js")).webhookView(id, go, signal)],
  [/^#\/compare\/([^/]+)(?:\/([^/]+))?$/, async ([left, right]) => (await import("./compare.js")).compareView(left, right, go)],
  [/.*/, async (_, __, given) => (await import("./submit.js")).submitView(go, given)],
];

/** What an address says of the page and the tab of a job: `#/jobs/parse_…?page=3&tab=Data`, or `#job=…&page=3`. */
function placeIn(hash) {
  return Object.fromEntries(new URLSearchParams(hash.replace(/^#[^?&]*[?&]?/, "")));
}

/** Puts it into the address, which then survives reloading and can be passed on. */
function keepPlace(id, place) {
  if (!location.hash.includes(id)) return;
  const said = new URLSearchParams(Object.entries(place).filter(([name, value]) => !(name === "page" && Number(value) === 1)));
  history.replaceState(null, "", `#/jobs/${id}${said.size ? `?${said}` : ""}`);
}

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
    if (signal.aborted) return;
    main.replaceChildren(...flat([made]));
    main.classList.toggle("wide", /^#(\/jobs\/|job=|\/compare)/.test(hash));
    scrollTo(0, 0);
  } catch (error) {
    if (signal.aborted) return;
    const [title, text] = error.status === 404 ? ["There is no such thing", error.message] : error.status === 401 ? ["A key is wanted", "This service asks for an API key."] : ["This cannot be shown", error.message];
    main.replaceChildren(h("h1", {}, title), h("div.notice.bad", {}, h("span", {}, text)), h("div.row", {}, h("button", { type: "button", onclick: () => show() }, "Try again"), error.status === 401 ? h("button.primary", { type: "button", onclick: () => askForKey() }, "Give a key") : null));
  }
}

function mark(hash) {
  document.getElementById("nav").replaceChildren(
    ...SECTIONS.map(([to, title]) => h("a", { href: to, "aria-current": (to === "#/" ? hash === to : hash.startsWith(to) || (to === "#/jobs" && /^#(job=|\/compare)/.test(hash))) ? "page" : null }, title)),
  );
}

let asking = null;

/** Asks for a key in a dialog, once at a time, then shows the view anew. */
function askForKey(reason = "") {
  if (asking?.open) return;
  const input = h("input", { type: "password", autocomplete: "off", id: "key-input", value: key() || "" });
  const forget = key() ? h("button", { type: "button", onclick: () => (setKey(""), asking.close(), named(), show()) }, "Forget the key") : null;
  asking = dialog(
    "API key",
    [h("p", {}, reason || "It stays in this tab and is gone when you close it. A service without keys needs none."), h("div.field", {}, h("label", { for: "key-input" }, "Key"), input), forget],
    "Use it",
    () => {
      setKey(input.value.trim());
      named();
      show();
    },
  );
  input.focus();
}

/** The button says whether there is a key. */
function named() {
  document.getElementById("key").textContent = key() ? "Key ✓" : "Key";
}

named();
window.addEventListener(NO_KEY, (event) => askForKey(event.detail));
document.getElementById("key").addEventListener("click", () => askForKey());
window.addEventListener("hashchange", () => show());
window.addEventListener("unhandledrejection", (event) => toast(String(event.reason?.message || event.reason), true));
show();
