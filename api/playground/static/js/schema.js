/** JSON Schemas as fields in a form, and what is wrong with them. */

/** The kinds of fields that the form knows, with the JSON Schema that each stands for. */
export const KINDS = {
  text: { type: "string" },
  number: { type: "number" },
  integer: { type: "integer" },
  "yes or no": { type: "boolean" },
  date: { type: "string", format: "date" },
  choice: { type: "string", enum: [] },
  group: { type: "object", properties: {} },
  "list of texts": { type: "array", items: { type: "string" } },
  "list of numbers": { type: "array", items: { type: "number" } },
  "list of groups": { type: "array", items: { type: "object", properties: {} } },
};

/** The kind of a field, or null for one that only JSON can say. */
export function kindOf(schema) {
  if (!schema || typeof schema !== "object" || schema.$ref || schema.anyOf || schema.oneOf || schema.allOf) return null;
  if (schema.type === "array") {
    const items = kindOf(schema.items);
    return { text: "list of texts", number: "list of numbers", group: "list of groups" }[items] ?? null;
  }
  if (schema.type === "object") return schema.properties ? "group" : null;
  if (schema.type === "string" && schema.enum) return schema.enum.every((word) => typeof word === "string") ? "choice" : null;
  if (schema.type === "string") return schema.format === "date" ? "date" : schema.format ? null : "text";
  return { number: "number", integer: "integer", boolean: "yes or no" }[schema.type] ?? null;
}

/** The field's schema as another kind; what can be kept of it is. */
export function asKind(schema, kind) {
  const made = structuredClone(KINDS[kind]);
  const inner = schema.properties || schema.items?.properties;
  if (kind === "group" && inner) made.properties = inner;
  if (kind === "list of groups" && inner) made.items.properties = inner;
  return schema.description ? { ...made, description: schema.description } : made;
}

/** The properties that hold the fields of a group or a list of groups; null for other kinds. */
export function inside(schema) {
  return schema.type === "object" ? schema.properties : schema.type === "array" && schema.items?.type === "object" ? schema.items.properties : null;
}

/** The first thing that is wrong with a schema, in words with its place; null: nothing is. */
export function fault(schema) {
  if (!schema || typeof schema !== "object" || Array.isArray(schema)) return "A schema is an object: { … }.";
  if (schema.$ref || schema.$defs) return null; // of another tool; the service judges it
  if (schema.type !== "object") return 'The outermost type must be "object".';
  return faultOf(schema, "");
}

const TYPES = ["string", "number", "integer", "boolean", "object", "array", "null"];

function faultOf(schema, path) {
  const where = path || "the schema";
  const types = [schema.type ?? []].flat();
  const unknown = types.find((type) => !TYPES.includes(type));
  if (unknown !== undefined) return `${where}: there is no type ${JSON.stringify(unknown)}.`;
  if (schema.enum !== undefined && (!Array.isArray(schema.enum) || !schema.enum.length)) return `${where}: name at least one word to choose from.`;
  if (schema.properties !== undefined) {
    if (typeof schema.properties !== "object" || Array.isArray(schema.properties)) return `${where}: properties must be an object.`;
    const entries = Object.entries(schema.properties);
    if (!entries.length) return `${where}: it has no fields yet.`;
    for (const [name, one] of entries) {
      if (!name.trim()) return `${where}: a field has no name.`;
      if (!one || typeof one !== "object") return `${path}${path && "."}${name}: it must be an object.`;
      const found = faultOf(one, `${path}${path && "."}${name}`);
      if (found) return found;
    }
  }
  return schema.items ? faultOf(schema.items, `${path}[]`) : null;
}

/** Where in a text the JSON breaks, in words for people. */
export function jsonFault(text, error) {
  const position = Number(/position (\d+)/.exec(error.message)?.[1]);
  if (!Number.isFinite(position)) return `This is not JSON: ${error.message}`;
  const before = text.slice(0, position).split("\n");
  return `This is not JSON: line ${before.length}, column ${before.at(-1).length + 1}: ${error.message.replace(/ in JSON at position.*/s, "")}`;
}
