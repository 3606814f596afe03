/** A request as commands and programs that send it again. */

import { octavo } from "./command.js";

const SDK_CLASSES = { parsing_options: "ParsingOptions", enrichment_options: "EnrichmentOptions" };
const MAKERS = { curl, "Python SDK": sdk, Python: python, CLI: octavo, TypeScript: typescript };

/** The ways to send a request. */
export const WAYS = Object.keys(MAKERS);

const SOURCES = ["file_id", "file_url", "raw_text"];
/** Stands for the id of a file that is not sent yet; each way puts there what it calls the id. */
const SENT = "the file that is sent first";

/** The text that sends `body` to `operation` in one of the ways; where it names no document, it sends a file first. */
export function snippet(way, operation, body, origin) {
  const lacking = !SOURCES.some((name) => name in body);
  return MAKERS[way](operation, lacking && way !== "CLI" ? { file_id: SENT, ...body } : body, origin, lacking);
}

function curl(operation, body, origin, lacking) {
  const quoted = JSON.stringify(body, null, 2).replaceAll("'", "'\\''").replace(SENT, `'"$FILE"'`);
  const upload = `FILE=$(curl -s ${origin}/documents/v2/files -H "Authorization: Bearer $OCTAVO_KEY" \\
  -F file=@document.pdf | sed 's/.*"file_id": *"\\([^"]*\\)".*/\\1/')\n`;
  return `${lacking ? upload : ""}curl -s ${origin}/documents/v2/${operation} \\
  -H "Authorization: Bearer $OCTAVO_KEY" -H 'Content-Type: application/json' \\
  -d '${quoted}'\n`;
}

function python(operation, body, origin, lacking) {
  const upload = `with open("document.pdf", "rb") as file:
    sent = client.post("files", files={"file": file}).raise_for_status().json()
`;
  return `import os, time
import httpx

client = httpx.Client(
    base_url="${origin}/documents/v2/",
    headers={"Authorization": f"Bearer {os.environ.get('OCTAVO_KEY', 'none')}"},
)
${lacking ? upload : ""}job = client.post("${operation}", json=${literal(body, 0).replace(`"${SENT}"`, 'sent["file_id"]')}).raise_for_status().json()
while (result := client.get(f"parse/{job['parse_id']}").raise_for_status().json())["status"] in ("pending", "processing"):
    time.sleep(1)
print(result["document_markdown"])
`;
}

function typescript(operation, body, origin, lacking) {
  const upload = `const form = new FormData();
form.append("file", new Blob([await readFile("document.pdf")]), "document.pdf");
const sent = await fetch(\`\${api}/files\`, { method: "POST", headers: { Authorization: headers.Authorization }, body: form });
if (!sent.ok) throw new Error(await sent.text());
const { file_id } = (await sent.json()) as { file_id: string };
`;
  return `${lacking ? 'import { readFile } from "node:fs/promises";\n\n' : ""}const api = "${origin}/documents/v2";
const headers = { Authorization: \`Bearer \${process.env.OCTAVO_KEY ?? "none"}\`, "Content-Type": "application/json" };

${lacking ? upload : ""}const body = ${JSON.stringify(body, null, 2).replace(`"file_id": "${SENT}"`, "file_id")};
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
  if (value === SENT) return 'client.upload("document.pdf")';
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
