/** Many files at once: where they are dropped, and how far each is. */

import { upload } from "./client.js";
import { bytes, h, icon } from "./dom.js";

const AT_ONCE = 3;

/** A place to drop files; `each(fileId, file)` is called for every one that is up, `done()` after all. */
export function uploadArea(label, each, done) {
  const id = `upload-${label.length}`;
  const rows = h("ul.uploads", { "aria-label": "Uploads" });
  const input = h("input.unseen", { type: "file", multiple: true, id, onchange: () => take([...input.files]) });
  const over = (event) => (event.preventDefault(), drop.classList.add("over"));
  const drop = h("label.drop.slim", { for: id, ondragover: over, ondragleave: () => drop.classList.remove("over"), ondrop: dropped }, icon("upload"), input, h("strong", {}, label));

  function dropped(event) {
    event.preventDefault();
    drop.classList.remove("over");
    take([...event.dataTransfer.files]);
  }

  async function take(files) {
    input.value = "";
    const waiting = files.map((file) => [file, row(file)]);
    const work = async () => {
      for (let next; (next = waiting.shift()); ) await one(...next);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    done();
  }

  function row(file) {
    const bar = h("progress", { max: "1", value: "0", "aria-label": file.name });
    const note = h("span.soft", {}, bytes(file.size));
    const element = h("li", {}, h("span.cut", { title: file.name }, file.name), bar, note);
    rows.prepend(element);
    return { element, bar, note };
  }

  async function one(file, shown) {
    try {
      const fileId = await upload(file, (share) => (shown.bar.value = share));
      shown.bar.value = 1;
      await each(fileId, file);
      shown.note.textContent = "done";
      shown.element.classList.add("good");
    } catch (error) {
      shown.note.textContent = error.message;
      shown.element.classList.add("bad");
    }
  }

  return h("div.upload-area", {}, drop, rows);
}
