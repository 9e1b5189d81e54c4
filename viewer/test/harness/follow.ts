import type { LiveMessage, TraceSummary } from "../../src/api/wire.ts";

/** A live list, as a page follows it. */
export interface Followed extends AsyncDisposable {
  /** What fits now, by trace id. */
  readonly traces: ReadonlyMap<string, TraceSummary>;
  readonly messages: readonly LiveMessage[];
  /** Resolves once it holds; it is asked after each message. */
  until(holds: () => boolean): Promise<void>;
}

/** Follows the live list of a search. */
export async function follow(url: string, search = ""): Promise<Followed> {
  const gone = new AbortController();
  const response = await fetch(new URL(`/data/live?q=${encodeURIComponent(search)}`, url), {
    signal: gone.signal,
  });
  const traces = new Map<string, TraceSummary>();
  const messages: LiveMessage[] = [];
  const events = eventsOf(response);
  return {
    traces,
    messages,
    async until(holds) {
      while (!holds()) {
        const { value, done } = await events.next();
        if (done) throw new Error("the live list has ended");
        messages.push(value);
        for (const traceId of value.remove) traces.delete(traceId);
        for (const summary of value.upsert) traces.set(summary.traceId, summary);
      }
    },
    async [Symbol.asyncDispose]() {
      gone.abort();
    },
  };
}

async function* eventsOf(response: Response): AsyncGenerator<LiveMessage, void> {
  let text = "";
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
      const event = text.slice(0, end);
      text = text.slice(end + 2);
      if (event.startsWith("data: ")) yield JSON.parse(event.slice(6));
    }
  }
}
