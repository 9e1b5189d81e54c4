import type { EncodedSpan } from "../otlp/index.ts";

/** Why a span may not wait: there is no room now, or it is larger than any request may be. */
export type QueueRefusal = "queue_full" | "too_large";

/** Spans that wait to be sent, bounded in bytes. */
export class SpanQueue {
  readonly #limit: number;
  readonly #longestSpan: number;
  #spans: EncodedSpan[] = [];
  #bytes = 0;

  constructor(limitBytes: number, batchBytes: number) {
    this.#limit = limitBytes;
    this.#longestSpan = Math.min(limitBytes, batchBytes);
  }

  get bytes(): number {
    return this.#bytes;
  }

  get length(): number {
    return this.#spans.length;
  }

  /** Says why not if the span is not taken. */
  add(span: EncodedSpan): QueueRefusal | undefined {
    if (span.bytes.length > this.#longestSpan) return "too_large";
    if (this.#bytes + span.bytes.length > this.#limit) return "queue_full";
    this.#spans.push(span);
    this.#bytes += span.bytes.length;
    return undefined;
  }

  /** Takes the oldest spans, up to `most` bytes, and one at least. */
  take(most: number): EncodedSpan[] {
    let bytes = 0;
    let count = 0;
    for (const span of this.#spans) {
      if (count > 0 && bytes + span.bytes.length > most) break;
      bytes += span.bytes.length;
      count++;
    }
    this.#bytes -= bytes;
    return this.#spans.splice(0, count);
  }

  clear(): number {
    const lost = this.#spans.length;
    this.#spans = [];
    this.#bytes = 0;
    return lost;
  }
}
