import { type Span, type Tracer, type TracerProvider, trace } from "@opentelemetry/api";
import type { Logger } from "./logger.ts";
import type { Sanitizer } from "./sanitize/index.ts";

/** Names may be made up by whoever asks: beyond so many, tracers are not shared. */
const MOST_SHARED = 1_000;
/** Traces the calls that Tracekeep traces. */
const DOUBLING = "@opentelemetry/instrumentation-grpc";

/** Tracers by the name and version of the instrumentation that asks for one. */
export function createProvider(
  makeTracer: (scope: { readonly name: string; readonly version: string }) => Tracer,
  { text }: Sanitizer,
  isOpen: () => boolean,
  logger: Logger,
): TracerProvider {
  const tracers = new Map<string, Tracer>();
  let doubled = false;
  return {
    getTracer(name, version = "") {
      if (name === DOUBLING && !doubled) {
        doubled = true;
        const advice =
          "leave it out, or calls have two spans each, and what is below may hang on the wrong one";
        logger.warn({ event: "tracekeep.traced_twice" }, `${DOUBLING} is registered, too: ${advice}.`);
      }
      const key = `${name}@${version}`;
      const known =
        tracers.get(key) ??
        new LastingTracer(
          makeTracer({ name: text(name), version: text(version) }),
          () => trace.getTracer(name, version),
          isOpen,
        );
      if (tracers.size < MOST_SHARED) tracers.set(key, known);
      return known;
    },
  };
}

/** Instrumentations hold a tracer for as long as they live: after the end of its tracing it is one of what is registered by then. */
class LastingTracer implements Tracer {
  readonly #own: Tracer;
  readonly #next: () => Tracer;
  readonly #isOpen: () => boolean;

  constructor(own: Tracer, next: () => Tracer, isOpen: () => boolean) {
    this.#own = own;
    this.#next = next;
    this.#isOpen = isOpen;
  }

  startSpan(...args: Parameters<Tracer["startSpan"]>): Span {
    return this.#current().startSpan(...args);
  }

  startActiveSpan<F extends (span: Span) => unknown>(...args: unknown[]): ReturnType<F> {
    const current = this.#current();
    return Reflect.apply(current.startActiveSpan, current, args) as ReturnType<F>;
  }

  #current(): Tracer {
    return this.#isOpen() ? this.#own : this.#next();
  }
}
