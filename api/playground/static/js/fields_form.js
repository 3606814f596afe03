/** The fields of a schema as rows of a form: name, type, what it is; groups have rows of their own. */

import { button, h } from "./dom.js";
import { KINDS, asKind, inside, kindOf } from "./schema.js";

/** The form for the object `schema`; `changed(schema)` hears of every change, which is made in place. */
export function fieldsForm(schema, changed) {
  const rows = h("div.field-rows", { role: "list" });
  const element = h("div.fields-form", {}, rows, button("Add a field", () => add(), { name: "plus", kind: "quiet" }));
  let entries = Object.entries(schema.properties);

  function write() {
    const names = new Set();
    let good = true;
    entries.forEach(([name], at) => {
      const input = rows.children[at]?.querySelector(":scope > .field-row > input");
      const wrong = !name.trim() ? "A field needs a name" : names.has(name) ? "There is a field of this name already" : "";
      input?.setAttribute("aria-invalid", String(Boolean(wrong)));
      if (input) input.title = wrong;
      const note = rows.children[at]?.querySelector(":scope > .field-fault");
      if (note) note.textContent = wrong;
      good &&= !wrong;
      names.add(name);
    });
    schema.properties = Object.fromEntries(entries.filter(([name], at) => name.trim() && entries.findIndex(([other]) => other === name) === at));
    changed(good);
  }

  function add() {
    entries.push(["", { type: "string" }]);
    show();
    rows.lastElementChild.querySelector("input").focus();
    write();
  }

  function show() {
    rows.replaceChildren(...entries.map((entry, at) => row(entry, at)));
  }

  function row(entry, at) {
    const [, own] = entry;
    const kind = kindOf(own);
    const called = () => entry[0] || `field ${at + 1}`;
    const name = h("input", { value: entry[0], placeholder: "name", spellcheck: "false", "aria-label": `Name of field ${at + 1}`, oninput: () => ((entry[0] = name.value.trim()), label(), write()) });
    const type = kind
      ? h("select", { value: kind, onchange: () => retype(entry, type.value) }, Object.keys(KINDS).map((one) => h("option", { value: one, selected: one === kind }, one)))
      : h("span.soft.as-json", { role: "img" }, "as in the JSON");
    const about = h("input.about", { value: own.description || "", placeholder: "what it is (helps to find it)", oninput: () => describe(own, about.value) });
    const words = kind === "choice" ? h("input.words", { value: own.enum.join(", "), placeholder: "one, another", oninput: () => ((own.enum = words.value.split(",").map((word) => word.trim()).filter(Boolean)), write()) }) : null;
    const raiser = button("Move up", () => raise(at), { name: "up", bare: true, kind: "quiet", disabled: at === 0 });
    const remover = button("Remove", () => (entries.splice(at, 1), show(), write()), { name: "close", bare: true, kind: "quiet" });
    /** The controls say of which field they are, also when it is called otherwise. */
    const label = () => [[type, `Type of ${called()}`], [about, `What ${called()} is`], [words, `Choices of ${called()}`], [raiser, `Move ${called()} up`], [remover, `Remove ${called()}`]].forEach(([control, said]) => control?.setAttribute("aria-label", said));
    label();
    const properties = inside(own);
    const holder = own.type === "array" ? own.items : own;
    return h(
      "div.field-item",
      { role: "listitem" },
      h("div.field-row", {}, name, type, about, raiser, remover),
      words,
      h("p.field-fault", { role: "alert" }),
      kind && properties ? fieldsForm(holder, (good) => changed(good)) : null,
    );
  }

  function retype(entry, kind) {
    entry[1] = asKind(entry[1], kind);
    show();
    write();
  }

  function describe(own, text) {
    if (text) own.description = text;
    else delete own.description;
    write();
  }

  function raise(at) {
    [entries[at - 1], entries[at]] = [entries[at], entries[at - 1]];
    show();
    rows.children[at - 1].querySelector(".field-row button").focus();
    write();
  }

  show();
  return element;
}
