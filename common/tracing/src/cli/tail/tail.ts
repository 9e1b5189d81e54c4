import { setTimeout as delay } from "node:timers/promises";
import { assembleTrace, decodeExportRequest, spansOf, waterfall } from "tracekeep-viewer";
import { write } from "../output.ts";
import { Arrivals } from "./arrivals.ts";
import { followList, type ListedTrace, NotAViewer } from "./live-list.ts";

export interface TailOptions {
  readonly url: URL;
  /** What of the viewer's list is wanted, in its own words. */
  readonly search: string;
  readonly json: boolean;
  readonly signal: AbortSignal;
}

const AGAIN_MS = 1_000;

/** Prints traces until it is told to stop; resolves to the exit code. */
export async function tail({ url, search, json, signal }: TailOptions): Promise<number> {
  let printing = Promise.resolve();
  const arrivals = new Arrivals((trace) => {
    // One after the other, so that no two mix.
    printing = printing.then(() => print(url, trace, json)).catch(() => {});
  });
  let isAway = false;
  try {
    while (!signal.aborted) {
      arrivals.connected();
      try {
        for await (const message of followList(url, search, signal)) {
          if (message.complete && isAway) note(`connected to ${url.origin}`);
          isAway = isAway && !message.complete;
          arrivals.take(message);
        }
      } catch (error) {
        if (error instanceof NotAViewer) {
          note(error.message);
          return 1;
        }
      }
      if (signal.aborted) break;
      if (!isAway) note(`waiting for the viewer at ${url.origin}: npx tracekeep-viewer`);
      isAway = true;
      await delay(AGAIN_MS, undefined, { signal }).catch(() => {});
    }
    return 0;
  } finally {
    arrivals.close();
    await printing;
  }
}

async function print(url: URL, listed: ListedTrace, json: boolean): Promise<void> {
  const { traceId } = listed;
  const link = new URL(`/trace/${traceId}`, url).href;
  if (json) return write(`${JSON.stringify({ ...listed, url: link })}\n`);
  const response = await fetch(new URL(`/data/traces/${traceId}/otlp`, url));
  if (!response.ok) return;
  const { spans } = spansOf(decodeExportRequest(new Uint8Array(await response.arrayBuffer()), "json"));
  write(`${waterfall(assembleTrace(traceId, spans))}${link}\n\n`);
}

/** What is no trace goes to stderr, so that `--json` stays one line a trace. */
function note(text: string): void {
  process.stderr.write(`tracekeep: ${text}\n`);
}
