import { OpenList, type RecordedSpan, type SpanEnvironment } from "../spans/index.ts";

/** Further ones are not known: spans that never end must pin no memory. */
const MOST_SPANS = 4_096;

/** The spans that have begun and not ended, the oldest first. */
export class OpenSpans {
  readonly #spans = new OpenList<RecordedSpan>(MOST_SPANS);

  add(span: RecordedSpan): void {
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

  /** The youngest first. */
  all(): RecordedSpan[] {
    return this.#spans.toArray().reverse();
  }

  /** Those of a trace, the youngest first. */
  of(traceId: string): RecordedSpan[] {
    return this.all().filter(({ trace }) => trace.traceId === traceId);
  }
}
