import type { RecordedSpan, SpanEnvironment } from "../spans/index.ts";

/** Further ones are not known: spans that never end must pin no memory. */
const MOST_SPANS = 4_096;

/** The spans that have begun and not ended, the oldest first. */
export class OpenSpans {
  readonly #spans = new Set<RecordedSpan>();

  add(span: RecordedSpan): void {
    if (this.#spans.size >= MOST_SPANS) {
      const [oldest] = this.#spans;
      if (oldest !== undefined) this.#spans.delete(oldest);
    }
    this.#spans.add(span);
  }

  /** The same environment, from which the ends of spans are learned. */
  watch(environment: SpanEnvironment): SpanEnvironment {
    return {
      ...environment,
      ended: (span) => {
        this.#spans.delete(span);
        environment.ended(span);
      },
    };
  }

  /** Those of a trace, the youngest first. */
  of(traceId: string): RecordedSpan[] {
    return [...this.#spans].filter(({ trace }) => trace.traceId === traceId).reverse();
  }
}
