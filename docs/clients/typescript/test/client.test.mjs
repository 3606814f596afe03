/* Against the service at OCTAVO_SERVER; INVOICE is the path of a PDF. */
import assert from "node:assert/strict";
import { openAsBlob } from "node:fs";
import { createServer } from "node:http";
import { test } from "node:test";

import { Octavo, OctavoError, isTable } from "../dist/index.js";
import { serverEvents } from "../dist/events.js";

const octavo = new Octavo({ server: process.env.OCTAVO_SERVER });
const upload = async () => octavo.upload(await openAsBlob(process.env.INVOICE), "invoice.pdf", { of: "a test" });

test("a document goes in and its text comes out, with events on the way", async () => {
  const file_id = await upload();
  const heard = [];
  const result = await octavo.parseAndWait(
    { file_id },
    { page_range: "1", parsing_options: { table_output_mode: "markdown" } },
    { onEvent: ({ event }) => heard.push(event) },
  );
  assert.equal(result.status, "successful");
  assert.match(result.document_markdown, /20417/);
  assert.ok(result.pages[0].page_fragments[0].bbox.x1 > 0);
  assert.equal(isTable(result.pages[0].page_fragments[0]), false);
  assert.equal(heard.at(-1), "parse_done");
  const progress = await octavo.progress(result.parse_id);
  assert.equal(progress.attributes.status, "successful");
  assert.equal((await octavo.result(result.parse_id)).parse_id, result.parse_id);
  await octavo.delete(result.parse_id);
  await assert.rejects(octavo.result(result.parse_id), { status: 404, code: "ENTITY_NOT_FOUND" });
});

test("a schema is filled with citations", async () => {
  const schema = { type: "object", properties: { total: { type: "number" } } };
  const { data } = await octavo.extractAndWait(
    { file_id: await upload() },
    { schema_name: "Invoice", json_schema: schema, provide_citations: true },
  );
  assert.equal(data.total, 118.5);
  assert.equal(data.total_citation[0].page_number, 1);
});

test("pages are sorted", async () => {
  const job = await octavo.classify({ file_id: await upload() }, [{ name: "invoice", description: "a bill" }]);
  assert.deepEqual((await octavo.wait(job)).page_classes[0].page_numbers, [1]);
});

test("files are listed", async () => {
  const file_id = await upload();
  const found = [];
  for await (const file of octavo.files("invoice.pdf")) found.push(file.file_id);
  assert.ok(found.includes(file_id));
});

test("what is refused is an error with the service's words", async () => {
  await assert.rejects(octavo.parse({ file_id: "file_of_nobody" }), (error) => {
    assert.ok(error instanceof OctavoError);
    assert.ok(error.status >= 400 && error.status < 500);
    assert.match(error.message, /file/);
    return true;
  });
});

test("a job that fails is an error, too", async () => {
  const broken = await octavo.upload(new Blob(["%PDF-1.7 nothing"]), "broken.pdf");
  await assert.rejects(octavo.parseAndWait({ file_id: broken }), { name: "OctavoError", status: 0 });
});

test("waiting can be given up", async () => {
  const job = await octavo.parse({ file_id: await upload() });
  await assert.rejects(octavo.wait(job, { signal: AbortSignal.abort() }), { name: "AbortError" });
  await octavo.wait(job);
});

test("what the service cannot take just now is sent again, its body too", async () => {
  const bodies = [];
  const answers = [{ status: 429, headers: { "Retry-After": "0" } }, { status: 503 }, { status: 200 }];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const part of request) body += part;
    bodies.push(body);
    const { status, headers } = answers[bodies.length - 1];
    response.writeHead(status, { "Content-Type": "application/json", ...headers });
    response.end(JSON.stringify({ parse_id: "parse_1", created_at: "" }));
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  try {
    const patient = new Octavo({ server: `http://127.0.0.1:${server.address().port}/` });
    assert.equal(await patient.parse({ raw_text: "a", mime_type: "text/plain" }), "parse_1");
  } finally {
    server.close();
  }
  assert.equal(bodies.length, 3);
  assert.equal(new Set(bodies).size, 1);
});

test("events are put together from any pieces, and what is cut off is none", async () => {
  const text = ': hello\n\nevent: parse_done\r\ndata: {"a":\ndata:  "ü"}\n\nevent: late\ndata: {';
  for (const size of [1, 2, 7, 1000]) {
    const bytes = new TextEncoder().encode(text);
    const body = new ReadableStream({
      start(controller) {
        for (let at = 0; at < bytes.length; at += size) controller.enqueue(bytes.slice(at, at + size));
        controller.close();
      },
    });
    const found = [];
    for await (const event of serverEvents(body)) found.push(event);
    assert.deepEqual(found, [{ event: "parse_done", data: '{"a":\n "ü"}' }]);
  }
});
