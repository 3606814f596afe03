/** Lists of what a project has: tables that grow as one asks for more. */

import { Refused, call } from "./client.js";
import { button, empty, field, h, later, toast } from "./dom.js";

/**
 * A table of what `path` lists: `columns` are `[title, item => content]`, `query()` is what is asked for, `none`
 * what is shown where there is nothing. `element.refresh()` asks anew; `seen(items)` hears of what came.
 */
export function listing(path, columns, { query = () => ({}), none = null, seen = () => {}, label = "List" } = {}) {
  const body = h("tbody");
  const more = button("Show more", () => load(false), { hidden: true });
  const table = h("div.scroll.card.flush", { tabindex: "0", role: "region", "aria-label": label, hidden: true }, h("table.list", {}, h("thead", {}, h("tr", {}, columns.map(([title]) => h("th", { scope: "col" }, title)))), body));
  const nothing = h("div", { hidden: true });
  const element = h("div.listing", {}, table, nothing, more);
  let [cursor, asked, many] = [null, 0, 0];

  async function load(anew) {
    const mine = (asked += 1);
    const wanted = query();
    const page = await told(() => call("GET", `${path}?${new URLSearchParams({ ...wanted, ...(anew ? {} : { cursor }), ...(anew && many > 100 ? { limit: many } : {}) })}`));
    if (!page || mine !== asked) return;
    const rows = page.items.map((item) => h("tr", {}, columns.map(([title, cell]) => h("td", { "data-title": title }, cell(item)))));
    if (anew) body.replaceChildren(...rows);
    else body.append(...rows);
    many = body.childElementCount;
    cursor = page.has_more ? page.next_cursor : null;
    more.hidden = !cursor;
    table.hidden = !many;
    nothing.hidden = many > 0;
    if (!many) nothing.replaceChildren(Object.keys(wanted).length ? empty("Nothing found", "Nothing here is as you ask for: change or clear the search.") : none || empty("Nothing here yet", "What there is will be listed here."));
    seen(page.items);
  }

  element.refresh = () => load(true);
  element.refresh();
  return element;
}

/** What `work` gives; a refusal is shown, and gives null. */
export async function told(work) {
  try {
    return await work();
  } catch (error) {
    toast(error instanceof Refused ? error.message : String(error), true);
    return null;
  }
}

/** A search field: its input, and the field with its label. */
export function search(label, refresh) {
  const box = h("input", { type: "search", placeholder: "upper and lower case count", oninput: later(() => refresh()) });
  return [box, field(label, box)];
}

/** Does `work` again and again while the view is there, every few seconds, and not while nobody looks. */
export function repeatedly(work, signal, seconds = 3) {
  const timer = setInterval(() => document.hidden || work(), seconds * 1000);
  signal.addEventListener("abort", () => clearInterval(timer));
}

/** A state with its colour. */
export function state(word, title = "") {
  return h(`span.state.${word}`, { title }, word);
}
