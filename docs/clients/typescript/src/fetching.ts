const PAUSE_SECONDS = 1;
const LONGEST_PAUSE_SECONDS = 60;

/** Waits; an abort ends it at once. */
export function pause(seconds: number, signal?: AbortSignal | null): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const aborted = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", aborted);
      resolve();
    }, seconds * 1000);
    signal?.addEventListener("abort", aborted, { once: true });
  });
}

/**
 * A fetch that asks again what the service could not take just now: 429 and 503, after the time they say.
 * What may have been done already (a connection that broke) is asked again only where that does no harm.
 */
export function patient(fetching: typeof fetch, tries: number): (request: Request) => Promise<Response> {
  return async (request) => {
    for (let left = tries - 1; ; left--) {
      let seconds = PAUSE_SECONDS * 2 ** (tries - 1 - left);
      try {
        const answer = await fetching(request.clone());
        if (left <= 0 || (answer.status !== 429 && answer.status !== 503)) return answer;
        seconds = Math.max(seconds, Number(answer.headers.get("Retry-After")) || 0);
        await answer.body?.cancel();
      } catch (error) {
        if (left <= 0 || request.signal.aborted || request.method === "POST") throw error;
      }
      await pause(Math.min(seconds, LONGEST_PAUSE_SECONDS), request.signal);
    }
  };
}
