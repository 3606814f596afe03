/** Where the document comes from: a file that is dropped or chosen, a URL, or text. */

import { upload } from "./client.js";
import { bytes, field, h, icon, tabs } from "./dom.js";

const TEXTS = ["text/plain", "text/html", "text/markdown", "text/csv", "application/json"];

/**
 * `source()` says what is known of it now, `ready(progress)` uploads what must be uploaded and gives what is to be
 * sent; `use(options)` takes the document of a job, `take(file)` a file.
 */
export function documentPicker(changed) {
  let [file, fileId, sending, known, shown] = [null, null, null, null, "File"];
  const input = h("input.unseen", { type: "file", id: "file", onchange: () => choice.take(input.files[0]) });
  const name = h("strong.file-name");
  const about = h("span.soft");
  const url = h("input", { type: "url", placeholder: "https://example.org/report.pdf", oninput: changed });
  const text = h("textarea", { rows: "6", placeholder: "# A heading\n\nText, HTML, Markdown, CSV or JSON", oninput: changed });
  const kind = h("select", { onchange: changed }, TEXTS.map((type) => h("option", {}, type)));
  const over = (event) => (event.preventDefault(), drop.classList.add("over"));
  const drop = h(
    "label.drop",
    { for: "file", ondragover: over, ondragleave: () => drop.classList.remove("over"), ondrop: dropped },
    icon("upload"),
    input,
    name,
    about,
  );
  const choice = tabs(
    [
      ["File", () => drop],
      ["URL", () => field("file_url", url, "The service fetches it while the job runs. It must be public, or allowed by its operator.")],
      ["Text", () => [field("raw_text", text), field("mime_type", kind)]],
    ],
    "Where the document is",
    (title) => {
      shown = title;
      changed();
    },
  );

  function dropped(event) {
    event.preventDefault();
    drop.classList.remove("over");
    choice.take(event.dataTransfer.files[0]);
  }

  function tell() {
    name.textContent = file?.name || known || "Drop a document here, or click to choose one";
    about.textContent = file ? `${bytes(file.size)} · click to choose another` : known ? "uploaded before · click to choose another" : "PDF, scans and photos, Word, Excel, PowerPoint, mail, HTML, …";
    drop.classList.toggle("full", Boolean(file || fileId));
    changed();
  }

  choice.take = (chosen) => {
    if (!chosen) return;
    [file, fileId, known, sending] = [chosen, null, null, null];
    tell();
  };
  choice.source = () => {
    if (shown === "URL") return url.value ? { file_url: url.value.trim() } : {};
    if (shown === "Text") return text.value ? { raw_text: text.value, mime_type: kind.value } : {};
    return file || fileId ? { file_id: fileId || "file_…" } : {};
  };
  choice.title = () => (shown === "File" ? file?.name || known : null);
  choice.ready = async (progress) => {
    if (shown === "File" && file && !fileId) {
      sending ??= upload(file, progress);
      fileId = await sending.finally(() => (sending = null));
    }
    const source = choice.source();
    if (!Object.keys(source).length) throw new RangeError({ File: "Choose a document first: drop a file above, or give a URL or text.", URL: "Give the document's URL first.", Text: "Give some text first." }[shown]);
    return source;
  };
  choice.use = ({ file_id: id, file_name: title, file_url: address, raw_text: words, mime_type: type }) => {
    if (id) {
      [file, fileId, known] = [null, id, title || id];
      tell();
    } else if (address) {
      url.value = address;
      choice.show("URL");
    } else if (words) {
      text.value = words;
      kind.value = type;
      choice.show("Text");
    }
  };
  tell();
  return choice;
}
