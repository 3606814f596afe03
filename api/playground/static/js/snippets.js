/** A request as commands and programs that send it again. */

import { octavo } from "./command.js";

const SDK_CLASSES = { parsing_options: "ParsingOptions", enrichment_options: "EnrichmentOptions" };
const MAKERS = { curl, "Python SDK": sdk, Python: python, CLI: octavo, TypeScript: typescript };

/** The ways to send a request. */
export const WAYS = Object.keys(MAKERS);

/** The text that sends `body` to `operation` in one of the ways. */
export function snippet(way, operation, body, origin) {
  return MAKERS[way](operation, body, origin);
}

function curl(operation, body, origin) {
  const quoted = JSON.stringify(body, null, 2).replaceAll("'", "'\\''");
  return `curl -s ${origin}/documents/v2/${operation} \\
  -H "Authorization: Bearer $OCTAVO_KEY" -H 'Content-Type: application/json' \\
  -d '${quoted}'\n`;
}

function python(operation, body, origin) {
  return `import os, time
import httpx

client = httpx.Client(
    base_url="${origin}/documents/v2/",
    headers={"Authorization": f"Bearer {os.environ.get('OCTAVO_KEY', 'none')}"},
)
job = client.post("${operation}", json=${literal(body, 0)}).raise_for_status().json()
while (result := client.get(f"parse/{job['parse_id']}").raise_for_status().json())["status"] in ("pending", "processing"):
    time.sleep(1)
print(result["document_markdown"])
`;
}

function typescript(operation, body, origin) {
  return `const api = "${origin}/documents/v2";
const headers = { Authorization: \`Bearer \${process.env.OCTAVO_KEY ?? "none"}\`, "Content-Type": "application/json" };

const body = ${JSON.stringify(body, null, 2)};
const made = await fetch(\`\${api}/${operation}\`, { method: "POST", headers, body: JSON.stringify(body) });
if (!made.ok) throw new Error(await made.text());
const { parse_id } = (await made.json()) as { parse_id: string };

let result: { status: string; document_markdown?: string };
do {
  await new Promise((resolve) => setTimeout(resolve, 1000));
  result = await (await fetch(\`\${api}/parse/\${parse_id}\`, { headers })).json();
} while (result.status === "pending" || result.status === "processing");
console.log(result.document_markdown);
`;
}

function sdk(operation, body, origin) {
  const names = new Set(["DocumentAI"]);
  const given = Object.entries(body).map(([name, value]) => `    ${sdkName(name)}=${sdkValue(name, value, names)},`);
  return `from tensorlake.documentai import ${[...names].sort().join(", ")}

client = DocumentAI(api_key="…", server_url="${origin}")
job = client.${operation}(
${given.join("\n")}
)
result = client.wait_for_completion(job)
print(result.chunks[0].content)
`;
}

function sdkName(name) {
  return name === "form_filling" ? "form_filling_options" : name;
}

function sdkValue(name, value, names) {
  if (name in SDK_CLASSES) return construct(SDK_CLASSES[name], value, names);
  if (name === "form_filling") return construct("FormFillingOptions", value, names);
  if (name === "structured_extraction_options") return list(value, "StructuredExtractionOptions", names);
  if (name === "page_classifications") return list(value, "PageClassConfig", names);
  return literal(value, 1);
}

function list(values, kind, names) {
  return `[\n${values.map((value) => `        ${construct(kind, value, names)},`).join("\n")}\n    ]`;
}

function construct(kind, values, names) {
  names.add(kind);
  return `${kind}(${Object.entries(values).map(([name, value]) => `${name}=${literal(value, 2)}`).join(", ")})`;
}

/** A JSON value as a literal of Python. */
function literal(value, depth) {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value !== "object") return JSON.stringify(value);
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  const parts = Array.isArray(value)
    ? value.map((item) => literal(item, depth + 1))
    : Object.entries(value).map(([name, item]) => `${JSON.stringify(name)}: ${literal(item, depth + 1)}`);
  const line = open + parts.join(", ") + close;
  if (line.length + depth * 4 < 90) return line;
  const pad = "    ".repeat(depth + 1);
  return `${open}\n${parts.map((part) => `${pad}${part},`).join("\n")}\n${"    ".repeat(depth)}${close}`;
}
