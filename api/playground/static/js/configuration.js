/** What is to be done with a document: the parts of a request that a dataset keeps, too. */

import { classesEditor } from "./classes.js";
import { fold, h } from "./dom.js";
import { schemasEditor } from "./extraction.js";
import { optionsForm, requestSchema, resolved } from "./options.js";

/** The forms of a parse's options, by the names of the API; `only(names)` shows some of them. */
export function configurationForm(api, changed) {
  const schema = (name) => resolved(requestSchema(api, "parse").properties[name], api);
  const parsing = optionsForm(schema("parsing_options"), api, { skip: ["merge_tables"], changed });
  const enrichment = optionsForm(schema("enrichment_options"), api, { changed });
  const extraction = schemasEditor(resolved(schema("structured_extraction_options").items, api), api, changed);
  const classes = classesEditor(changed);
  const parts = {
    structured_extraction_options: fold(titled("Data by a schema", "fill a JSON Schema, with the place of every value"), extraction),
    page_classifications: fold(titled("Page classes", "sort pages into classes of yours"), classes),
    parsing_options: fold(titled("parsing_options", "how pages are read, tables written, chunks cut"), parsing),
    enrichment_options: fold(titled("enrichment_options", "charts as data, forms as fields, summaries"), enrichment),
  };
  const values = {
    structured_extraction_options: () => extraction.values(),
    page_classifications: () => classes.values(),
    parsing_options: () => parsing.values(),
    enrichment_options: () => enrichment.values(),
  };
  const element = h("div.configuration", {}, Object.values(parts));
  element.only = (names) => Object.entries(parts).forEach(([name, part]) => (part.hidden = !names.includes(name)));
  element.values = () => Object.fromEntries(Object.entries(values).filter(([name]) => !parts[name].hidden).map(([name, read]) => [name, read()]));
  element.check = () => !parts.structured_extraction_options.hidden && extraction.check();
  element.open = (name) => (parts[name].open = true);
  element.extraction = extraction;
  element.classes = classes;
  element.fill = (kept) => {
    parsing.fill(kept.parsing_options);
    enrichment.fill(kept.enrichment_options);
    extraction.clear();
    for (const { schema_name: name, json_schema: json, ...rest } of kept.structured_extraction_options || []) extraction.add(name, json, rest);
    classes.clear();
    for (const { name, description } of kept.page_classifications || []) classes.add(name, description);
    for (const [name, part] of Object.entries(parts)) part.open = Object.keys(values[name]()).length > 0;
  };
  return element;
}

function titled(name, about) {
  return [name, " ", h("span.soft.about-fold", {}, about)];
}
