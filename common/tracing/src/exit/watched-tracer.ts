import type { Context } from "@opentelemetry/api";
import type { RecordedSpan } from "../spans/index.ts";
import { type StartOptions, TracekeepTracer } from "../tracer/index.ts";
import type { OpenSpans } from "./open-spans.ts";

/** A tracer that knows which of its spans are open. */
export class WatchedTracer extends TracekeepTracer {
  readonly #open: OpenSpans;

  constructor(open: OpenSpans, ...rest: ConstructorParameters<typeof TracekeepTracer>) {
    super(...rest);
    this.#open = open;
  }

  override start(name: string, options: StartOptions, parentContext: Context): RecordedSpan {
    const span = super.start(name, options, parentContext);
    this.#open.add(span);
    return span;
  }
}
