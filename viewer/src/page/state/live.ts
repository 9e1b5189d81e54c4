import { computed, effect, signal } from "@preact/signals";
import type { Facets, LiveMessage, TraceSummary } from "../../api/wire.ts";
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

/** Keeps these signals up to date with the server, for whatever is searched for. */
export function followLive(): void {
  effect(() => follow(followed.value));
}

function follow(search: string): () => void {
  let source: EventSource | undefined;
  let retry: number | undefined;
  let isFresh = true;
  isComplete.value = false;

  function connect(): void {
    source = new EventSource(`/data/live?q=${encodeURIComponent(search)}`);
    // After an interruption everything is sent anew.
    source.onopen = () => {
      isFresh = true;
      connection.value = "live";
    };
    source.onmessage = (event) => {
      take(JSON.parse(event.data), isFresh);
      isFresh = false;
    };
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

function take(message: LiveMessage, isFirst: boolean): void {
  const next = new Map(isFirst ? [] : traces.peek());
  for (const traceId of message.remove) next.delete(traceId);
  for (const summary of message.upsert) next.set(summary.traceId, summary);
  traces.value = next;
  if (JSON.stringify(message.facets) !== JSON.stringify(facets.peek())) facets.value = message.facets;
  totals.value = message.totals;
  faults.value = message.faults;
  isComplete.value = message.complete;
}
