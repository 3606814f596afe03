/** The request as it will be sent, or was: to be copied for every way of asking. */

import { openapi } from "./client.js";
import { button, copy, h, tabs } from "./dom.js";
import { pruned, requestSchema } from "./options.js";
import { WAYS, snippet } from "./snippets.js";

/** Tabs with the request that `current()` gives as `[operation, body]`; `refresh()` shows it anew. */
export function requestTabs(current) {
  const codes = new Map();
  const element = tabs(
    WAYS.map((way) => [way, () => pane(way)]),
    "Ways to send this request",
  );

  function pane(way) {
    const code = h("pre.code", { tabindex: "0", role: "group", "aria-label": way });
    codes.set(way, code);
    show(way);
    return h("div.snippet", {}, button("Copy", () => copy(code.textContent), { name: "copy", kind: "quiet" }), code);
  }

  async function show(way) {
    const [operation, body] = current();
    const api = await openapi();
    codes.get(way).textContent = snippet(way, operation, pruned(body, requestSchema(api, operation), api), location.origin);
  }

  element.refresh = () => [...codes.keys()].forEach(show);
  return element;
}
