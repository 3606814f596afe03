/** Page classes: names, and what such a page is. */

import { button, h } from "./dom.js";

const EXAMPLES = {
  "Bills and letters": [["invoice", "a bill with what is to be paid"], ["letter", "a letter to somebody"], ["form", "a form to be filled in"]],
  "Parts of a report": [["cover", "the first page, with the title alone"], ["contents", "a table of contents"], ["tables", "mostly tables of numbers"], ["signatures", "pages that are signed"]],
};

/** The editor. `values()` are the classes with names, ready to be sent. */
export function classesEditor(changed) {
  const rows = h("div");
  const element = h(
    "div.classes",
    { oninput: changed },
    rows,
    h("div.row", {}, button("Add a class", () => element.add(), { name: "plus", kind: "quiet" }), Object.entries(EXAMPLES).map(([title, classes]) => button(title, () => classes.forEach(([name, about]) => element.add(name, about)), { kind: "quiet" }))),
    h("p.soft", {}, "Every page is put into each class that it fits. Say in plain words what such a page is."),
  );
  element.add = (name = "", about = "") => {
    for (const row of [...rows.children]) if (![...row.querySelectorAll("input")].some((input) => input.value)) row.remove();
    const row = h(
      "div.class-row",
      {},
      h("input", { placeholder: "name", value: name, "aria-label": "Name of the class" }),
      h("input", { placeholder: "what such a page is", value: about, "aria-label": "Description of the class" }),
      button("Remove this class", () => (row.remove(), changed()), { name: "close", bare: true, kind: "quiet" }),
    );
    rows.append(row);
    changed();
  };
  element.count = () => rows.children.length;
  element.clear = () => (rows.replaceChildren(), changed());
  element.values = () =>
    [...rows.children]
      .map((row) => [...row.querySelectorAll("input")].map((input) => input.value.trim()))
      .filter(([name]) => name)
      .map(([name, description]) => ({ name, ...(description ? { description } : {}) }));
  return element;
}
