/** Bounds of a store. */
export interface StoreLimits {
  /** Most spans held. */
  readonly maxSpans: number;
  /** Most memory held, in bytes (an estimate). */
  readonly maxBytes: number;
  /** Most traces held. Default: as many as the other bounds allow. */
  readonly maxTraces?: number;
}

/** What a store holds, and what it could not hold. */
export interface StoreStats {
  readonly traces: number;
  readonly spans: number;
  /** About how much memory the spans take. */
  readonly bytes: number;
  /** Spans ignored because their id was there already. */
  readonly duplicates: number;
  /** Traces dropped to make room for newer ones. */
  readonly evictedTraces: number;
  /** Spans refused because their trace alone fills the store. */
  readonly refusedSpans: number;
}
