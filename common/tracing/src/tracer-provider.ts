import { ProxyTracerProvider, type Span, type Tracer, type TracerProvider, trace } from "@opentelemetry/api";
import type { Logger } from "./logger.ts";
import type { Sanitizer } from "./sanitize/index.ts";

/** Names may be made up by whoever asks: beyond so many, tracers are not shared. */
const MOST_SHARED = 1_000;
/** Traces the calls that Tracekeep traces. */
const DOUBLING = "@opentelemetry/instrumentation-grpc";
/** Makes no spans: nothing is ever registered there. */
const NO_TRACER = new ProxyTracerProvider().getTracer("");
/** Whether a tracer whose tracing has ended is asking for the next one. */
let asking = false;

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
      // Somebody has registered this provider again: it would ask itself for ever.
      if (asking && !isOpen()) return NO_TRACER;
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
          () => nextTracer(name, version),
          isOpen,
        );
      if (tracers.size < MOST_SHARED) tracers.set(key, known);
      return known;
    },
  };
}

/** Of what is registered by now. */
function nextTracer(name: string, version: string): Tracer {
  asking = true;
  try {
    return trace.getTracer(name, version);
  } finally {
    asking = false;
  }
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
