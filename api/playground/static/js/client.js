/** The API: requests, pages of lists, event streams. The key stays in this tab and goes when it is closed. */

export const PREFIX = "documents/v2";
const KEY = "octavo-key";

/** The event that says that a key is wanted. */
export const NO_KEY = "octavo:no-key";

/** What the service answered instead of what was asked for. */
export class Refused extends Error {
  constructor(status, message, code, traceId) {
    super(message);
    Object.assign(this, { status, code, traceId });
  }
}

/** The key that is sent, or null. */
export function key() {
  return sessionStorage.getItem(KEY);
}

/** Keeps a key for this tab; an empty one is forgotten. */
export function setKey(value) {
  if (value) sessionStorage.setItem(KEY, value);
  else sessionStorage.removeItem(KEY);
}

/** Sends a request and returns the response. Throws `Refused`, also when nothing answers. */
export async function send(method, path, { body, headers = {}, signal } = {}) {
  const all = { ...headers };
  if (key()) all.Authorization = `Bearer ${key()}`;
  if (body !== undefined && !(body instanceof FormData)) {
    all["Content-Type"] = "application/json";
    body = JSON.stringify(body);
  }
  let response;
  try {
    response = await fetch(path, { method, headers: all, body, signal });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refused(0, "The service does not answer.");
  }
  if (!response.ok) throw await refusal(response);
  return response;
}

/** As `send`, under the API's prefix, for the JSON of the answer; null if it has none. */
export async function call(method, path, options) {
  const response = await send(method, `${PREFIX}/${path}`, options);
  return response.status === 204 ? null : response.json();
}

async function refusal(response) {
  let said = {};
  try {
    said = await response.json();
  } catch {
    // A proxy before the service answers in its own way.
  }
  return refused(response.status, said.message || `The service answered ${response.status}.`, said);
}

function refused(status, message, said) {
  if (status === 401) window.dispatchEvent(new CustomEvent(NO_KEY, { detail: message }));
  return new Refused(status, message, said.code, said.trace_id);
}

/** Uploads a file; `progress` hears the share that is sent, 0 to 1. */
export function upload(file, progress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const form = new FormData();
    form.append("file", file, file.name);
    request.open("PUT", `${PREFIX}/files`);
    if (key()) request.setRequestHeader("Authorization", `Bearer ${key()}`);
    request.upload.onprogress = (event) => event.lengthComputable && progress(event.loaded / event.total);
    request.onerror = () => reject(new Refused(0, "The upload broke off."));
    request.onload = () => {
      const said = parsed(request.responseText);
      if (request.status < 300) resolve(said.file_id || said.id);
      else reject(refused(request.status, said.message || "The upload was refused.", said));
    };
    request.send(form);
  });
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

/**
 * The events of a job as `{event, data}` until it has ended; a stream that breaks is opened again.
 */
export async function* follow(parseId, signal) {
  for (let pause = 500; ; pause = Math.min(pause * 2, 10000)) {
    try {
      const headers = { Accept: "text/event-stream" };
      const response = await send("GET", `${PREFIX}/parse/${encodeURIComponent(parseId)}`, { headers, signal });
      for await (const event of events(response.body)) {
        pause = 500;
        yield event;
        if (event.event === "parse_done" || event.event === "parse_failed") return;
      }
    } catch (error) {
      if (signal?.aborted || (error instanceof Refused && error.status >= 400 && error.status < 500)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

/** Server-sent events (WHATWG HTML, section 9.2), of the fields that this service sends. */
async function* events(stream) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let buffer = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const blocks = (buffer + value).split("\n\n");
    buffer = blocks.pop();
    for (const block of blocks) {
      const found = { event: "message", data: [] };
      for (const line of block.split("\n")) {
        const [, name, text] = line.match(/^(\w+): ?(.*)$/s) || [];
        if (name === "event") found.event = text;
        if (name === "data") found.data.push(text);
      }
      if (found.data.length) yield { event: found.event, data: JSON.parse(found.data.join("\n")) };
    }
  }
}

let description;

/** The service's OpenAPI description, asked for once. */
export async function openapi() {
  description ??= send("GET", "openapi.json").then((response) => response.json());
  return description;
}
