/** What happened to spans since the start of tracing; read by `stats()`. */
export interface SpanCounters {
  started: number;
  ended: number;
  /** Ended spans of sampled traces. */
  sampled: number;
  /** Uses of a span after its end, which are ignored. */
  changedAfterEnd: number;
}

export function createSpanCounters(): SpanCounters {
  return { started: 0, ended: 0, sampled: 0, changedAfterEnd: 0 };
}
