import { setTimeout as delay } from "node:timers/promises";
import { assembleTrace, waterfall } from "tracekeep-viewer";
import { errorText } from "../../text/error-text.ts";
import { write } from "../output.ts";
import { Arrivals } from "./arrivals.ts";
import { followList, type ListedTrace, NotAViewer } from "./live-list.ts";
import { spansOfAnswer, type TraceAnswer } from "./spans-of-answer.ts";

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
    printing = printing.then(() => print(url, trace, json));
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

/** Never rejects: a trace that cannot be printed is named with the reason. */
async function print(url: URL, listed: ListedTrace, json: boolean): Promise<void> {
  const link = new URL(`/trace/${listed.traceId}`, url).href;
  if (json) return write(`${JSON.stringify({ ...listed, url: link })}\n`);
  try {
    write(`${await asWaterfall(url, listed)}${link}\n\n`);
  } catch (error) {
    note(`cannot print ${link}: ${errorText(error)}`);
  }
}

async function asWaterfall(url: URL, { traceId }: ListedTrace): Promise<string> {
  const response = await fetch(new URL(`/data/traces/${traceId}/otlp`, url));
  if (!response.ok) {
    await response.body?.cancel();
    throw new Error(`the viewer answers with status ${response.status}`);
  }
  return waterfall(assembleTrace(traceId, spansOfAnswer((await response.json()) as TraceAnswer)));
}

/** What is no trace goes to stderr, so that `--json` stays one line a trace. */
function note(text: string): void {
  process.stderr.write(`tracekeep: ${text}\n`);
}
