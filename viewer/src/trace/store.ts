import { failsTrace } from "./failure.ts";
import { type SpanRecord, sizeOfSpan } from "./span.ts";
import type { StoreLimits, StoreStats } from "./store-limits.ts";
import { assembleTrace, type Trace } from "./trace.ts";

interface Entry {
  readonly spans: Map<string, SpanRecord>;
  bytes: number;
  duplicates: number;
  failed: boolean;
  assembled: Trace | undefined;
}

/**
 * Received spans by trace, in bounds. The trace that was first seen longest ago makes room; one that has failed stays as
 * long as there are others, and failed ones hold less than half of the room.
 */
export class TraceStore {
  readonly #limits: StoreLimits;
  readonly #entries = new Map<string, Entry>();
  readonly #failed = new Map<string, Entry>();
  #failedBytes = 0;
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

  has(traceId: string): boolean {
    return this.#entries.has(traceId);
  }

  /** The ids of all traces, the first seen first. */
  ids(): string[] {
    return [...this.#entries.keys()];
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
      failed: false,
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
    if (entry.failed) this.#failedBytes += size;
    else if (failsTrace(span)) {
      entry.failed = true;
      this.#failed.set(span.traceId, entry);
      this.#failedBytes += entry.bytes;
    }
    this.#makeRoom(span.traceId);
  }

  // A sixteenth of the room is made at once: looking for the oldest trace again for each new span is slow.
  #makeRoom(keepTraceId: string): void {
    if (this.#isWithin(1)) return;
    for (const failedToo of [false, true]) {
      for (const [traceId, entry] of this.#entries) {
        if (this.#isWithin(15 / 16)) return;
        if (traceId === keepTraceId || (entry.failed && !failedToo && !this.#failedHoldTooMuch())) continue;
        this.#evict(traceId, entry);
      }
    }
  }

  #isWithin(share: number): boolean {
    const { maxSpans, maxBytes, maxTraces = Number.POSITIVE_INFINITY } = this.#limits;
    return (
      this.#spans <= maxSpans - Math.floor(maxSpans * (1 - share)) &&
      this.#bytes <= maxBytes * share &&
      this.#entries.size <= Math.ceil(maxTraces * share)
    );
  }

  #failedHoldTooMuch(): boolean {
    return this.#failedBytes * 2 > this.#bytes || this.#failed.size * 2 > this.#entries.size;
  }

  #evict(traceId: string, entry: Entry): void {
    this.#entries.delete(traceId);
    this.#spans -= entry.spans.size;
    this.#bytes -= entry.bytes;
    if (this.#failed.delete(traceId)) this.#failedBytes -= entry.bytes;
    this.#evictedTraces++;
  }
}
