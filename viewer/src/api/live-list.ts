import type { ServerResponse } from "node:http";
import { matches } from "../search/match.ts";
import type { Query } from "../search/query.ts";
import type { TraceStore } from "../trace/store.ts";
import type { FacetList } from "./facets.ts";
import { summaryOf } from "./summary.ts";
import { inTurns } from "./turns.ts";
import type { LiveMessage, TraceSummary } from "./wire.ts";

const MOST_AT_ONCE = 500;

/**
 * One page's live list, as server-sent events: what fits its search now, newest first, and from then on every trace that
 * changes. Each trace is remembered once however often it changes, so a slow reader costs no more than a fast one.
 */
export class LiveList {
  readonly #store: TraceStore;
  readonly #facets: FacetList;
  readonly #query: Query;
  readonly #response: ServerResponse;
  readonly #sent = new Set<string>();
  readonly #closed = new AbortController();
  #pending: Set<string>;
  #working = false;
  #evicted = 0;

  constructor(store: TraceStore, facets: FacetList, query: Query, response: ServerResponse) {
    this.#store = store;
    this.#facets = facets;
    this.#query = query;
    this.#response = response;
    this.#pending = new Set(store.ids().reverse());
    this.#evicted = store.stats().evictedTraces;
    response.on("drain", () => {
      if (this.#pending.size > 0) void this.flush();
    });
    response.on("close", () => this.#closed.abort());
  }

  /** These traces have changed; `flush` tells of it. */
  changed(traceIds: ReadonlySet<string>): void {
    for (const traceId of traceIds) this.#pending.add(traceId);
  }

  /** Sends what has changed, unless the reader has not yet taken what was sent before. */
  async flush(): Promise<void> {
    if (this.#working) return;
    this.#working = true;
    try {
      this.#forgetEvicted();
      do await this.#sendSome();
      while (this.#pending.size > 0 && !this.#response.writableNeedDrain && !this.#closed.signal.aborted);
    } finally {
      this.#working = false;
    }
  }

  /** A comment, so that a connection on which nothing happens is found to be alive or not. */
  beat(): void {
    if (!this.#working && !this.#response.writableNeedDrain) this.#response.write(": \n\n");
  }

  async #sendSome(): Promise<void> {
    if (this.#response.writableNeedDrain) return;
    const upsert: TraceSummary[] = [];
    const remove: string[] = [];
    const some = [...this.#pending].slice(0, MOST_AT_ONCE);
    await inTurns(some, (traceId) => this.#judge(traceId, upsert, remove), this.#closed.signal);
    if (this.#closed.signal.aborted) return;
    const { traces, spans, evictedTraces } = this.#store.stats();
    const message: LiveMessage = {
      upsert,
      remove,
      facets: this.#facets.view(),
      faults: this.#query.faults,
      totals: { traces, spans, evicted: evictedTraces },
      complete: this.#pending.size === 0,
    };
    this.#response.write(`data: ${JSON.stringify(message)}\n\n`);
  }

  #judge(traceId: string, upsert: TraceSummary[], remove: string[]): void {
    this.#pending.delete(traceId);
    const trace = this.#store.get(traceId);
    if (trace) this.#facets.add(trace);
    if (trace && matches(trace, this.#query)) {
      this.#sent.add(traceId);
      upsert.push(summaryOf(trace));
    } else if (this.#sent.delete(traceId)) remove.push(traceId);
  }

  #forgetEvicted(): void {
    const { evictedTraces } = this.#store.stats();
    if (evictedTraces === this.#evicted) return;
    this.#evicted = evictedTraces;
    for (const traceId of this.#sent) if (!this.#store.has(traceId)) this.#pending.add(traceId);
  }
}
