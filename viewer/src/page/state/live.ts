import { computed, effect, signal } from "@preact/signals";
import type { Facets, LiveMessage, TraceSummary } from "../../api/wire.ts";
import { isInSight } from "./in-sight.ts";
import { query, route } from "./route.ts";

const RETRY_MS = 2_000;

/** What fits the search, by trace id. */
export const traces = signal<ReadonlyMap<string, TraceSummary>>(new Map());
export const facets = signal<Facets>({ services: [], environments: [] });
export const totals = signal<LiveMessage["totals"]>({ traces: 0, spans: 0, evicted: 0 });
export const faults = signal<readonly string[]>([]);
export const connection = signal<"connecting" | "live" | "lost">("connecting");
/** The list is as the server has it. */
export const isComplete = signal(false);

/** In the view of a trace only this one is followed. */
const followed = computed(() => {
  const { view, traceId } = route.value;
  return view === "trace" ? `id:${traceId}` : query.value;
});

/** The search that `traces` fits. */
let taken: string | undefined;

/** Keeps these signals up to date with the server, for whatever is searched for. */
export function followLive(): void {
  effect(() => {
    if (isInSight.value) return follow(followed.value);
    // A browser has six connections to a host for all its tabs: those behind others leave theirs to them.
    connection.value = "connecting";
    return undefined;
  });
}

function follow(search: string): () => void {
  let source: EventSource | undefined;
  let retry: number | undefined;
  let take = takerOf(search);
  isComplete.value = false;

  function connect(): void {
    source = new EventSource(`/data/live?q=${encodeURIComponent(search)}`);
    // After an interruption everything is sent anew.
    source.onopen = () => {
      take = takerOf(search);
      connection.value = "live";
    };
    source.onmessage = (event) => take(JSON.parse(event.data));
    source.onerror = () => {
      connection.value = "lost";
      if (source?.readyState === EventSource.CLOSED) retry = window.setTimeout(connect, RETRY_MS);
    };
  }

  connect();
  return () => {
    source?.close();
    window.clearTimeout(retry);
  };
}

/** Takes the messages of one connection. */
function takerOf(search: string): (message: LiveMessage) => void {
  // Of the same search these stay until all has been sent anew: a list that is read must not shrink for a moment.
  const unconfirmed = new Set(traces.peek().keys());
  return (message) => {
    const next = new Map(search === taken ? traces.peek() : []);
    taken = search;
    for (const traceId of message.remove) next.delete(traceId);
    for (const summary of message.upsert) {
      next.set(summary.traceId, summary);
      unconfirmed.delete(summary.traceId);
    }
    if (message.complete) {
      for (const traceId of unconfirmed) next.delete(traceId);
      unconfirmed.clear();
    }
    traces.value = next;
    if (JSON.stringify(message.facets) !== JSON.stringify(facets.peek())) facets.value = message.facets;
    totals.value = message.totals;
    faults.value = message.faults;
    isComplete.value = message.complete;
  };
}
