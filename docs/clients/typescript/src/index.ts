import createClient, { type Client } from "openapi-fetch";

import { OctavoError } from "./errors.js";
import { serverEvents } from "./events.js";
import { patient, pause } from "./fetching.js";
import type {
  ClassifyRequest,
  FileItem,
  FormFilling,
  JobProgress,
  PageFragment,
  ParseRequest,
  ParseResult,
  StructuredExtractionOptions,
  TableContent,
  paths,
} from "./schema.js";

export * from "./schema.js";
export { OctavoError } from "./errors.js";

/** Where a document comes from: a file that was uploaded, an address, or text. */
export type Source = { file_id: string } | { file_url: string } | { raw_text: string; mime_type: string };

/** What may be said beside the source. */
export type ParseOptions = Omit<ParseRequest, "file_id" | "file_url" | "raw_text" | "mime_type">;

/** How a job stands: its part of the result while it runs, all of it at its end. */
export interface JobEvent {
  event: "parse_queued" | "parse_update" | "parse_done" | "parse_failed";
  job: ParseResult;
}

export interface Waiting {
  /** Ends the waiting; the job goes on (see `cancel`). */
  signal?: AbortSignal;
  /** Hears of every event. */
  onEvent?: (event: JobEvent) => void;
}

/** A box on a page that says a value, as `provide_citations` gives it. */
export interface Citation {
  page_number: number;
  x1: number;
  y1: number;
  x2: number;
  y2: number;
}

export interface Settings {
  /** Where the service answers. */
  server?: string;
  /** Any word, where the service has no keys. */
  key?: string;
  fetch?: typeof fetch;
  /** How often a request is made that the service cannot take just now. */
  tries?: number;
}

const PREFIX = "/documents/v2" as const;

/** A service. `http` has every route, typed; the methods are the steps that most programs take. */
export class Octavo {
  readonly http: Client<paths>;

  constructor({ server = "http://127.0.0.1:8700", key = "any", fetch: fetching = fetch, tries = 5 }: Settings = {}) {
    this.http = createClient<paths>({
      baseUrl: server.replace(/\/+$/, ""),
      headers: { Authorization: `Bearer ${key}` },
      fetch: patient(fetching, tries),
    });
  }

  /** Uploads a file; returns its id. The same bytes have the same id. */
  async upload(file: Blob, name: string, labels?: Record<string, unknown>): Promise<string> {
    const form = new FormData();
    form.append("file", file, name);
    if (labels) form.append("labels", JSON.stringify(labels));
    const sent = await this.http.PUT(`${PREFIX}/files`, { body: form as never, bodySerializer: () => form });
    return given(sent).file_id;
  }

  /** Has a document read; returns the job's id. */
  async parse(source: Source, options: ParseOptions = {}): Promise<string> {
    return given(await this.http.POST(`${PREFIX}/parse`, { body: { ...options, ...source } })).parse_id;
  }

  /** Has JSON Schemas filled; returns the job's id. */
  async extract(
    source: Source,
    schemas: StructuredExtractionOptions | StructuredExtractionOptions[],
    options: ParseOptions = {},
  ): Promise<string> {
    const body = { ...options, ...source, structured_extraction_options: [schemas].flat() };
    return given(await this.http.POST(`${PREFIX}/extract`, { body })).parse_id;
  }

  /** Has pages sorted into classes; returns the job's id. */
  async classify(
    source: Source,
    classes: NonNullable<ClassifyRequest["page_classifications"]>,
  ): Promise<string> {
    const body = { ...source, page_classifications: classes };
    return given(await this.http.POST(`${PREFIX}/classify`, { body })).parse_id;
  }

  /** Has a form filled in; returns the job's id. */
  async edit(source: Source, form_filling: FormFilling): Promise<string> {
    return given(await this.http.POST(`${PREFIX}/edit`, { body: { ...source, form_filling } })).parse_id;
  }

  /** A job as it is now; with its result, if it has ended well. */
  async result(parse_id: string): Promise<ParseResult> {
    const asked = { params: { path: { parse_id } } };
    return given(await this.http.GET(`${PREFIX}/parse/{parse_id}`, asked)) as ParseResult;
  }

  /** How far a job is. */
  async progress(parse_id: string): Promise<JobProgress> {
    return given(await this.http.GET(`${PREFIX}/parse/{parse_id}/progress`, { params: { path: { parse_id } } }));
  }

  /** Ends a job that has not ended. */
  async cancel(parse_id: string): Promise<ParseResult> {
    const asked = { params: { path: { parse_id } } };
    return given(await this.http.POST(`${PREFIX}/parse/{parse_id}/cancel`, asked)) as ParseResult;
  }

  /** Deletes a job that has ended, with its result. */
  async delete(parse_id: string): Promise<void> {
    given(await this.http.DELETE(`${PREFIX}/parse/{parse_id}`, { params: { path: { parse_id } } }));
  }

  /** What happens to a job, to its end; a connection that breaks is made anew. */
  async *events(parse_id: string, signal?: AbortSignal): AsyncGenerator<JobEvent> {
    for (;;) {
      try {
        const answer = await this.http.GET(`${PREFIX}/parse/{parse_id}`, {
          params: { path: { parse_id } },
          headers: { Accept: "text/event-stream" },
          parseAs: "stream",
          ...(signal ? { signal } : {}),
        });
        const stream = given(answer) as unknown as ReadableStream<Uint8Array>;
        for await (const { event, data } of serverEvents(stream)) {
          const told = { event, job: JSON.parse(data) } as JobEvent;
          yield told;
          if (told.event === "parse_done" || told.event === "parse_failed") return;
        }
      } catch (error) {
        if (error instanceof OctavoError || signal?.aborted) throw error;
      }
      await pause(1, signal);
    }
  }

  /**
   * The result of a job, at its end.
   *
   * @throws OctavoError the job failed, or the service refuses.
   */
  async wait(parse_id: string, { signal, onEvent }: Waiting = {}): Promise<ParseResult> {
    for await (const told of this.events(parse_id, signal)) {
      onEvent?.(told);
      if (told.event === "parse_done") return told.job;
      if (told.event === "parse_failed") throw new OctavoError(told.job.error ?? "The job failed.", 0);
    }
    throw new OctavoError("The job's events ended before the job.", 0);
  }

  /** Reads a document, from its source to its result. */
  async parseAndWait(source: Source, options: ParseOptions = {}, waiting: Waiting = {}): Promise<ParseResult> {
    return this.wait(await this.parse(source, options), waiting);
  }

  /** Fills a JSON Schema; `T` is what the schema describes. With `provide_citations`, `T` has those beside. */
  async extractAndWait<T extends object>(
    source: Source,
    schema: StructuredExtractionOptions,
    waiting: Waiting = {},
  ): Promise<{ data: T; result: ParseResult }> {
    const result = await this.wait(await this.extract(source, schema), waiting);
    const filled = result.structured_data?.[0];
    if (!filled) throw new OctavoError("Nothing was filled in.", 0);
    return { data: filled.data as T, result };
  }

  /** All files, page by page. */
  async *files(filename?: string): AsyncGenerator<FileItem> {
    let cursor: string | null = null;
    do {
      const query = { ...(filename ? { filename } : {}), ...(cursor ? { cursor } : {}) };
      const page: { items: FileItem[]; next_cursor: string | null } = given(
        await this.http.GET(`${PREFIX}/files`, { params: { query } }),
      );
      yield* page.items;
      cursor = page.next_cursor;
    } while (cursor);
  }
}

/** Whether a fragment is a table or a form, and has cells. */
export function isTable(fragment: PageFragment): fragment is PageFragment & { content: TableContent } {
  return "cells" in fragment.content;
}

/** What an answer gave. Throws what it refused. */
function given<T>(answer: { data?: T; error?: unknown; response: Response }): T {
  if (answer.error !== undefined || !answer.response.ok) {
    throw OctavoError.of(answer.response.status, answer.error);
  }
  return answer.data as T;
}
