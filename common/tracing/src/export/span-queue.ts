import type { EncodedSpan } from "../otlp/index.ts";

/** Spans that wait to be sent, bounded in bytes. */
export class SpanQueue {
  readonly #limit: number;
  #spans: EncodedSpan[] = [];
  #bytes = 0;

  constructor(limitBytes: number) {
    this.#limit = limitBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get length(): number {
    return this.#spans.length;
  }

  /** False if there is no room. */
  add(span: EncodedSpan): boolean {
    if (this.#bytes + span.bytes.length > this.#limit) return false;
    this.#spans.push(span);
    this.#bytes += span.bytes.length;
    return true;
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
