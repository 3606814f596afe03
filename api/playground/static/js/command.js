/** A request as the command line has it: `octavo parse invoice.pdf --server …`. */

const WITH = {
  barcode_detection: "barcodes",
  signature_detection: "signatures",
  remove_strikethrough_lines: "strikethrough",
  skew_detection: "skew",
  chart_extraction: "charts",
  key_value_extraction: "forms",
  include_images: "images",
  include_words: "words",
  table_summarization: "summaries",
  cross_page_header_detection: "headings",
  table_merging: "merged-tables",
};
const COMMANDS = { read: "parse" };

/** The command; what of the request it has no words for is told in a comment. */
export function octavo(operation, body, origin) {
  const lines = [];
  const [untold, files] = [[], []];
  const options = { ...body.parsing_options, ...body.enrichment_options };
  const schemas = body.structured_extraction_options || [];
  const command = operation === "parse" && schemas.length ? "extract" : operation === "parse" && body.page_classifications?.length ? "classify" : COMMANDS[operation] || operation;
  lines.push(`octavo ${command} document.pdf --server ${origin}`);
  if (body.page_range) lines.push(`--pages ${quoted(body.page_range)}`);
  if (command === "parse") {
    for (const [name, value] of Object.entries(options)) {
      if (name === "ocr_model") lines.push(`--ocr-model ${value}`);
      else if (name in WITH && value === true) lines.push(`--with ${WITH[name]}`);
      else untold.push(name);
    }
  } else untold.push(...Object.keys(options));
  if (command === "extract" && schemas.length) {
    const [first, ...more] = schemas;
    const file = `${harmless(first.schema_name)}.json`;
    files.push([file, first.json_schema]);
    lines.push(`--schema ${quoted(file)}`);
    if (first.provide_citations) lines.push("--citations");
    if (first.provide_confidence) lines.push("--confidence");
    untold.push(...more.map((one) => one.schema_name));
  }
  if (command === "classify") for (const one of body.page_classifications || []) lines.push(`--class ${quoted(one.description ? `${one.name}: ${one.description}` : one.name)}`);
  if (command === "extract" && body.page_classifications?.length) untold.push("page_classifications");
  if (body.form_filling?.fill_prompt) lines.push(`--prompt ${quoted(body.form_filling.fill_prompt)}`);
  const written = files.map(([name, json]) => `cat > ${quoted(name)} <<'JSON'\n${JSON.stringify(json, null, 2)}\nJSON\n`).join("");
  const note = untold.length ? `# The command has no words for: ${untold.map(harmless).join(", ")}. Use another way for these.\n` : "";
  return `export OCTAVO_API_KEY=…   # where keys are configured\n${note}${written}${lines.join(" \\\n  ")}\n`;
}

/** A name that somebody gave, for where no quotes keep it from being run: files, and comments, which zsh obeys. */
function harmless(name) {
  return name.replace(/[^\p{L}\p{N}_ -]+/gu, "_");
}

function quoted(text) {
  return /^[\w./:,-]+$/.test(text) ? text : `'${String(text).replaceAll("'", "'\\''")}'`;
}
