/** Schemas to fill: each as a form of its fields or as JSON, whichever one likes, with examples to begin with. */

import { button, field, fold, h, tabs } from "./dom.js";
import { EXAMPLES } from "./examples.js";
import { fieldsForm } from "./fields_form.js";
import { optionsForm } from "./options.js";
import { fault, jsonFault } from "./schema.js";

/**
 * The editor. `add(name, schema, rest)` adds a schema, `values()` are those that there are, ready to be sent, and
 * `check()` throws what is wrong with one of them.
 */
export function schemasEditor(optionsSchema, api, changed) {
  const rows = h("div");
  const all = [];
  const element = h(
    "div.schemas",
    {},
    rows,
    h("div.begin", { role: "group", "aria-label": "Add a schema" }, h("span.soft", {}, "Add a schema:"), Object.entries(EXAMPLES).map(([name, [about, schema]]) => h("button.example", { type: "button", onclick: () => element.add(name, schema) }, h("strong", {}, name), h("small", {}, about))), h("button.example", { type: "button", onclick: () => element.add("Data", { type: "object", properties: { "": { type: "string" } } }) }, h("strong", {}, "Empty"), h("small", {}, "field by field"))),
  );

  element.add = (title, schema, rest = { provide_citations: true, provide_confidence: true }) => {
    const one = schemaEditor(title, schema, optionsSchema, api, changed, () => {
      all.splice(all.indexOf(one), 1);
      one.element.remove();
      changed();
    });
    one.rest.fill(rest);
    all.push(one);
    rows.append(one.element);
    changed();
  };
  element.count = () => all.length;
  element.clear = () => (all.splice(0), rows.replaceChildren(), changed());
  element.check = () => all.forEach((one) => one.check());
  element.values = () => all.map((one) => one.value());
  return element;
}

function schemaEditor(title, given, optionsSchema, api, changed, remove) {
  let schema = structuredClone(given);
  let wrong = null;
  const name = h("input", { value: title, spellcheck: "false", oninput: () => (judge(), changed()) });
  const note = h("p.fault", { role: "alert" });
  const json = h("textarea.code", { rows: "14", spellcheck: "false", value: JSON.stringify(schema, null, 2), oninput: typed });
  const rest = optionsForm(optionsSchema, api, { skip: ["schema_name", "json_schema", "partition_strategy"], changed });
  const form = h("div");

  function judge(more = null) {
    wrong = more ?? (name.value.trim() ? fault(schema) : "A schema needs a name.");
    note.textContent = wrong || "";
    json.setAttribute("aria-invalid", String(Boolean(wrong)));
  }

  function typed() {
    try {
      const read = JSON.parse(json.value);
      judge(fault(read));
      if (!wrong) (schema = read), show();
    } catch (error) {
      judge(jsonFault(json.value, error));
    }
    changed();
  }

  /** The form shows the schema as the JSON has it. */
  function show() {
    form.replaceChildren(
      schema.properties
        ? fieldsForm(schema, (good) => {
            json.value = JSON.stringify(schema, null, 2);
            judge(good ? null : "Some fields have no name of their own.");
            changed();
          })
        : h("p.soft", {}, "This schema is of a kind that only the JSON can show."),
    );
  }

  show();
  judge();
  const jsonField = field("json_schema", json);
  return {
    rest,
    element: h(
      "div.schema",
      {},
      h("div.row.head", {}, field("schema_name", name), h("span.fill"), button("Remove this schema", remove, { name: "trash", kind: "quiet" })),
      tabs([["Fields", () => form], ["JSON", () => jsonField]], "The schema as"),
      note,
      fold("Options of this extraction", rest),
    ),
    check: () => {
      if (wrong) throw new RangeError(`${name.value || "Schema"}: ${wrong}`);
    },
    value: () => ({ schema_name: name.value.trim(), json_schema: schema, ...rest.values() }),
  };
}
