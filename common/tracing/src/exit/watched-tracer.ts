import type { RecordedSpan } from "../spans/index.ts";
import { TracekeepTracer } from "../tracer/index.ts";
import type { OpenSpans } from "./open-spans.ts";

/** A tracer that knows which of its spans are open. */
export class WatchedTracer extends TracekeepTracer {
  readonly #open: OpenSpans;

  constructor(open: OpenSpans, ...rest: ConstructorParameters<typeof TracekeepTracer>) {
    super(...rest);
    this.#open = open;
  }

  override start(...rest: Parameters<TracekeepTracer["start"]>): RecordedSpan {
    const span = super.start(...rest);
    this.#open.add(span);
    return span;
  }
}
