/** Forms for options, made from the service's own OpenAPI description: their names are the API's. */

import { field, h } from "./dom.js";
import { HINTS } from "./hints.js";

/** The schema that a `$ref` or an `anyOf` with null stands for. */
export function resolved(schema, api) {
  if (schema.$ref) {
    const { $ref, ...own } = schema;
    return { ...resolved(api.components.schemas[$ref.split("/").pop()], api), ...own };
  }
  const choices = (schema.anyOf || schema.oneOf || []).filter((choice) => choice.type !== "null");
  return choices.length === 1 ? { ...schema, anyOf: undefined, ...resolved(choices[0], api) } : schema;
}

/** The schema of a request's body, by the operation's name. */
export function requestSchema(api, operation) {
  for (const methods of Object.values(api.paths)) {
    for (const described of Object.values(methods)) {
      if (described.operationId === operation) {
        return resolved(described.requestBody.content["application/json"].schema, api);
      }
    }
  }
  return { properties: {} };
}

/**
 * A form for an object's properties, without those in `skip`. `element.values()` gives what differs from the
 * defaults, ready to be sent; `element.fill(values)` sets it.
 */
export function optionsForm(schema, api, { skip = [], changed = () => {} } = {}) {
  const names = Object.keys(schema.properties).filter((name) => !skip.includes(name));
  const inputs = names.map((name) => [name, input(name, resolved(schema.properties[name], api), api)]).filter(([, made]) => made);
  const checks = inputs.filter(([, made]) => made.isCheck).map(([, made]) => made.element);
  const fields = inputs.filter(([, made]) => !made.isCheck).map(([, made]) => made.element);
  const element = h("div.options", { onchange: changed, oninput: changed }, fields, checks.length ? h("div.checks", {}, checks) : null);
  element.values = () => {
    const found = {};
    for (const [name, made] of inputs) {
      const value = made.value();
      if (value !== undefined && JSON.stringify(value) !== JSON.stringify(made.default)) found[name] = value;
    }
    return found;
  };
  element.fill = (values = {}) => inputs.forEach(([name, made]) => made.set(values[name] ?? made.default));
  return element;
}

function input(name, schema, api) {
  const hint = HINTS[name] || schema.description;
  const fallback = schema.default;
  if (schema.type === "boolean") {
    const box = h("input", { type: "checkbox", checked: fallback === true });
    const element = h("label.check.option", {}, box, h("span", {}, h("code", {}, name), hint ? h("small", {}, hint) : null));
    return { element, isCheck: true, default: fallback, value: () => box.checked, set: (v) => (box.checked = Boolean(v)) };
  }
  if (schema.enum) {
    const select = h("select", {}, schema.enum.map((word) => h("option", { value: word }, word)));
    select.value = fallback;
    return made(name, select, hint, fallback, () => select.value || undefined, (v) => (select.value = v));
  }
  if (schema.type === "array" && resolved(schema.items || {}, api).enum) {
    return several(name, resolved(schema.items, api).enum, fallback, hint);
  }
  if (schema.type === "integer" || schema.type === "number") {
    const box = h("input", { type: "number", min: schema.minimum, max: schema.maximum, value: fallback ?? "" });
    return made(name, box, hint, fallback, () => (box.value === "" ? undefined : Number(box.value)), (v) => (box.value = v ?? ""));
  }
  if (schema.type === "string") {
    const box = h(name.endsWith("prompt") ? "textarea" : "input", { rows: "2", value: fallback ?? "" });
    return made(name, box, hint, fallback, () => box.value || undefined, (v) => (box.value = v ?? ""));
  }
  if (schema.type === "array") {
    const box = h("input", { placeholder: "one, another" });
    const words = () => box.value.split(",").map((word) => word.trim()).filter(Boolean);
    return made(name, box, hint, fallback, () => (words().length ? words() : undefined), (v) => (box.value = (v || []).join(", ")));
  }
  return null; // an object of its own, which has a form of its own
}

function made(name, control, hint, fallback, value, set) {
  return { element: field(name, control, hint), isCheck: false, default: fallback, value, set };
}

function several(name, words, fallback, hint) {
  const boxes = words.map((word) => h("input", { type: "checkbox", value: word }));
  const element = h(
    "details.several",
    {},
    h("summary", {}, h("code", {}, name), hint ? h("small", {}, ` ${hint}`) : null),
    h("div.checks", { role: "group", "aria-label": name }, boxes.map((box) => h("label.check", {}, box, box.value))),
  );
  return {
    element,
    isCheck: false,
    default: fallback,
    value: () => boxes.filter((box) => box.checked).map((box) => box.value),
    set: (chosen) => boxes.forEach((box) => (box.checked = (chosen || []).includes(box.value))),
  };
}

/** `values` without what is as the schema has it anyway, or null: as somebody would have written it. */
export function pruned(values, schema, api) {
  const found = {};
  for (const [name, value] of Object.entries(values)) {
    const known = resolved(schema.properties?.[name] || {}, api);
    const inner = known.properties && value && typeof value === "object" ? pruned(value, known, api) : Array.isArray(value) && known.items ? value.map((one) => (one && typeof one === "object" ? pruned(one, resolved(known.items, api), api) : one)) : value;
    if (inner === null || inner === undefined || JSON.stringify(inner) === JSON.stringify(known.default)) continue;
    if (typeof inner === "object" && !Object.keys(inner).length) continue;
    found[name] = inner;
  }
  return found;
}
