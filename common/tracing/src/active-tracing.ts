import type { Span } from "@opentelemetry/api";
import type { EntrySettings, SpanSettings } from "./business-spans.ts";
import { createDisabledTracing } from "./disabled-tracing.ts";
import type { Carrier } from "./propagation/index.ts";
import { TracekeepError } from "./tracekeep-error.ts";
import type { Tracing } from "./tracing.ts";

/** Shared by all copies of this library in the process. */
const RUNNING = Symbol.for("tracekeep.running.1");

const disabled = createDisabledTracing();

function running(): Tracing[] {
  const shared = globalThis as { [RUNNING]?: Tracing[] };
  shared[RUNNING] ??= [];
  return shared[RUNNING];
}

/** Makes the functions below use this tracing; the result takes it back. */
export function activate(tracing: Tracing): () => void {
  running().push(tracing);
  return () => {
    const at = running().indexOf(tracing);
    if (at >= 0) running().splice(at, 1);
  };
}

/** Sends all that waits, of every tracing that runs. */
export async function flushAll(): Promise<void> {
  await Promise.all(running().map((tracing) => tracing.forceFlush()));
}

/** The tracing that was started first and still runs. */
function current(): Tracing {
  return running()[0] ?? disabled;
}

/**
 * Runs a function under a span of its own, below the active one. The span ends when the function
 * returns or its promise settles; what it throws is recorded, marks the span as failed, and is thrown on.
 * Before `startTracing`, or with tracing disabled, the function is just called.
 *
 * @param name what is done, without ids or values; sanitised.
 */
export function withSpan<T>(name: string, fn: (span: Span) => T): T;
export function withSpan<T>(name: string, settings: SpanSettings, fn: (span: Span) => T): T;
export function withSpan<T>(
  name: string,
  ...rest: [(span: Span) => T] | [SpanSettings, (span: Span) => T]
): T {
  const [settings, fn] = splitArguments("withSpan", rest);
  return current().withSpan(name, settings, fn);
}

/**
 * Runs a function as the entry of a request that did not come by gRPC (HTTP, a queue, a timer): the
 * trace of the carrier's headers (`traceparent`, `sentry-trace`, `baggage`) is continued as far as
 * `TRACE_TRUST_REMOTE` allows, or a new one begins. Values count if they are strings: make strings of what Kafka's
 * clients give as bytes. Otherwise as `withSpan`; the span is of kind SERVER unless the settings say another.
 */
export function continueTrace<T>(carrier: Carrier, settings: EntrySettings, fn: (span: Span) => T): T {
  return current().continueTrace(carrier, settings, fn);
}

/**
 * Keeps the active trace whole, in every service that it visits, as if it had failed.
 *
 * @param reason why, for whoever looks at it; up to 64 characters, sanitised.
 * @returns true if it is kept; false without an active trace, or if the limit of `TRACE_KEEP_MAX_PER_SECOND` refuses it.
 */
export function keepTrace(reason: string): boolean {
  return current().keepTrace(reason);
}

/** Separates the optional settings from the function. */
export function splitArguments<T>(
  caller: string,
  rest: readonly [(span: Span) => T] | readonly [SpanSettings, (span: Span) => T],
): [SpanSettings, (span: Span) => T] {
  const [settings, fn] = rest.length === 1 ? [{}, rest[0]] : rest;
  if (typeof fn === "function") return [settings, fn];
  throw new TracekeepError(
    "INVALID_ARGUMENT",
    `${caller} was given no function to run; its last argument is ${typeof fn}.`,
  );
}
