import { type SpanRecord, sizeOfSpan } from "./span.ts";
import { assembleTrace, type Trace } from "./trace.ts";

/** Bounds of a store. */
export interface StoreLimits {
  /** Most spans held. */
  readonly maxSpans: number;
  /** Most memory held, in bytes (an estimate). */
  readonly maxBytes: number;
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

interface Entry {
  readonly spans: Map<string, SpanRecord>;
  bytes: number;
  duplicates: number;
  assembled: Trace | undefined;
}

/** Received spans by trace, in bounds: the trace that was first seen longest ago makes room. */
export class TraceStore {
  readonly #limits: StoreLimits;
  readonly #entries = new Map<string, Entry>();
  #spans = 0;
  #bytes = 0;
  #duplicates = 0;
  #evictedTraces = 0;
  #refusedSpans = 0;

  constructor(limits: StoreLimits) {
    this.#limits = limits;
  }

  /** Adds spans, in any order. */
  add(spans: Iterable<SpanRecord>): void {
    for (const span of spans) this.#addOne(span);
  }

  /** The trace as far as it was received. */
  get(traceId: string): Trace | undefined {
    const entry = this.#entries.get(traceId);
    if (!entry) return undefined;
    entry.assembled ??= assembleTrace(traceId, entry.spans.values(), entry.duplicates);
    return entry.assembled;
  }

  /** Every trace, the first seen first. */
  all(): Trace[] {
    return [...this.#entries.keys()].flatMap((traceId) => this.get(traceId) ?? []);
  }

  stats(): StoreStats {
    return {
      traces: this.#entries.size,
      spans: this.#spans,
      bytes: this.#bytes,
      duplicates: this.#duplicates,
      evictedTraces: this.#evictedTraces,
      refusedSpans: this.#refusedSpans,
    };
  }

  #addOne(span: SpanRecord): void {
    const entry = this.#entries.get(span.traceId) ?? {
      spans: new Map(),
      bytes: 0,
      duplicates: 0,
      assembled: undefined,
    };
    if (entry.spans.has(span.spanId)) {
      entry.duplicates++;
      entry.assembled = undefined;
      this.#duplicates++;
      return;
    }
    const size = sizeOfSpan(span);
    const { maxBytes, maxSpans } = this.#limits;
    if (entry.bytes + size > maxBytes || entry.spans.size + 1 > maxSpans) {
      this.#refusedSpans++;
      return;
    }
    entry.spans.set(span.spanId, span);
    entry.bytes += size;
    entry.assembled = undefined;
    this.#entries.set(span.traceId, entry);
    this.#spans++;
    this.#bytes += size;
    this.#makeRoom(span.traceId);
  }

  // A sixteenth of the room is made at once: looking for the oldest trace again for each new span is slow.
  #makeRoom(keepTraceId: string): void {
    const { maxSpans, maxBytes } = this.#limits;
    if (this.#spans <= maxSpans && this.#bytes <= maxBytes) return;
    for (const [traceId, entry] of this.#entries) {
      if (this.#spans <= maxSpans - Math.floor(maxSpans / 16) && this.#bytes <= maxBytes * (15 / 16)) return;
      if (traceId === keepTraceId) continue;
      this.#entries.delete(traceId);
      this.#spans -= entry.spans.size;
      this.#bytes -= entry.bytes;
      this.#evictedTraces++;
    }
  }
}
