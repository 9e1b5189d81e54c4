/** What happened to spans since the start of tracing; read by `stats()`. */
export interface SpanCounters {
  started: number;
  ended: number;
  /** Ended spans of sampled traces. */
  sampled: number;
  /** Uses of a span after its end, which are ignored. */
  changedAfterEnd: number;
  /** Ended spans that could not be encoded. */
  lost: number;
  /** How long the first spans of traces in this process have lasted, in all, in seconds. */
  entrySeconds: number;
}

export function createSpanCounters(): SpanCounters {
  return { started: 0, ended: 0, sampled: 0, changedAfterEnd: 0, lost: 0, entrySeconds: 0 };
}
