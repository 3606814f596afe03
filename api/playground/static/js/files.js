/** All files of the project: uploaded here, read, saved, deleted. */

import { PREFIX, call, send } from "./client.js";
import { button, bytes, confirmed, download, empty, h, moment } from "./dom.js";
import { listing, search, told } from "./listing.js";
import { uploadArea } from "./uploading.js";

/** The view; `go` leads to where a file is read. */
export function filesView(go) {
  const [name, named] = search("Name contains", () => list.refresh());
  const save = async (file) => {
    const content = await told(async () => (await send("GET", `${PREFIX}/files/${file.file_id}/content`)).blob());
    if (content) download(file.file_name, content, file.mime_type);
  };
  const remove = (file) => confirmed(`Delete ${file.file_name}?`, "Results made from it stay; its pages can no longer be shown.", "Delete", async () => (await call("DELETE", `files/${file.file_id}`), list.refresh()));
  const list = listing(
    "files",
    [
      ["Name", (file) => h("span.strong", {}, file.file_name)],
      ["Size", (file) => bytes(file.file_size)],
      ["Type", (file) => h("span.cut", { title: file.mime_type }, file.mime_type)],
      ["Uploaded", (file) => moment(file.created_at)],
      ["Actions", (file) => h("div.actions", {}, button("Read", () => go("#/", { file_id: file.file_id, file_name: file.file_name }), { kind: "quiet" }), button(`Save ${file.file_name}`, () => save(file), { name: "save", bare: true, kind: "quiet" }), button(`Delete ${file.file_name}`, () => remove(file), { name: "trash", bare: true, kind: "quiet" }))],
    ],
    { query: () => (name.value ? { filename: name.value } : {}), label: "Files", none: empty("No files yet", "Files that are uploaded stay here, and can be read as often as you like, each time with other options.") },
  );
  return [h("h1", {}, "Files"), uploadArea("Drop files here, or click to choose", async () => {}, () => list.refresh()), h("div.row.search", {}, named), list];
}
