export interface KeepCounters {
  /** Traces that were kept here: decided in this process, and by others. */
  traces: number;
  fromOutside: number;
  /** Traces that would have been kept, but for the limit. */
  refused: number;
  /** Keeps that others asked for, but for their limit. */
  refusedFromOutside: number;
  /** Spans of kept traces that were left out, since the trace is too large. */
  oversized: number;
  /** The traces kept, by why: those decided in this process, and those decided by others. */
  readonly reasons: { readonly local: KeepReasons; readonly remote: KeepReasons };
}

/** `requested` stands for whatever `keepTrace` was given. */
export type KeepReasons = Record<"error" | "slow" | "retry" | "crash" | "upstream" | "requested", number>;

export function createKeepCounters(): KeepCounters {
  return {
    traces: 0,
    fromOutside: 0,
    refused: 0,
    refusedFromOutside: 0,
    oversized: 0,
    reasons: { local: createReasons(), remote: createReasons() },
  };
}

function createReasons(): KeepReasons {
  return { error: 0, slow: 0, retry: 0, crash: 0, upstream: 0, requested: 0 };
}

/** @param reason one that is not ours is `requested`. */
export function countReason(reasons: KeepReasons, reason: string): void {
  reasons[Object.hasOwn(reasons, reason) ? (reason as keyof KeepReasons) : "requested"]++;
}
