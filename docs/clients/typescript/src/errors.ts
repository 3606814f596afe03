import type { ErrorCode, ErrorEnvelope } from "./schema.js";

/** What the service refused, with its own words; or what came of a job that failed. */
export class OctavoError extends Error {
  override readonly name = "OctavoError";

  constructor(
    message: string,
    /** The HTTP status; 0: no answer was refused, a job failed. */
    readonly status: number,
    readonly code: ErrorCode | null = null,
    readonly traceId: string | null = null,
    readonly details: Record<string, unknown> | null = null,
  ) {
    super(message);
  }

  /** The error of an answer, whatever its body is. */
  static of(status: number, body: unknown): OctavoError {
    if (isEnvelope(body)) {
      return new OctavoError(body.message, status, body.code, body.trace_id ?? null, body.details ?? null);
    }
    return new OctavoError(`The service answered ${status}.`, status);
  }
}

function isEnvelope(body: unknown): body is ErrorEnvelope {
  return typeof body === "object" && body !== null && "message" in body && "code" in body;
}
