import { AssertionError } from "node:assert";
import { isSpanContextValid } from "@opentelemetry/api";
import { type Intake, type SentryErrorEvent, startIntake, type Trace } from "tracekeep-viewer";
import { flushAll, withSpan } from "../active-tracing.ts";
import type { TracingVariable } from "../config/index.ts";

/**
 * Whether a trace is as it should be: false, or what `expectTrace` throws, means "not yet".
 */
export type TraceCheck = (trace: Trace) => unknown;

export interface WaitOptions {
  /** How long to wait, in milliseconds; default 5,000. */
  readonly timeoutMs?: number;
}

const NOT_STARTED =
  "traceOf needs tracing in this process: call startTracing(loadTracingConfig({ overrides: capture.settings })) before it.";

/** Takes the traces of a test, from this process and from others. Start it with `startTraceCapture`. */
export class TraceCapture implements AsyncDisposable {
  /**
   * What a service has to be set to so that its traces come here: as `overrides` of `loadTracingConfig`, or in the
   * environment of another process. All traces are sampled; set `TRACE_SAMPLE_RATE` to another rate to see what is kept.
   */
  readonly settings: Readonly<Partial<Record<TracingVariable, string>>>;
  readonly #intake: Intake;

  /** Use `startTraceCapture`. */
  constructor(intake: Intake) {
    this.#intake = intake;
    this.settings = {
      TRACING_ENABLED: "true",
      SENTRY_DSN: intake.dsn,
      TRACE_SAMPLE_RATE: "1",
      // What a developer's environment or .env says of other places does not hold for tests.
      OTEL_SDK_DISABLED: "false",
      OTEL_TRACES_EXPORTER: "none",
      // So that a test waits for nothing.
      TRACE_EXPORT_INTERVAL_MS: "10",
    };
  }

  /**
   * Runs a part of a test below a span of its own, and waits for the trace that it makes: until the check accepts it,
   * or by default until no span's parent is missing. Tracing must have been started in this process.
   *
   * @throws what the function throws; else what the check threw last, when the time is over.
   */
  async traceOf(run: () => unknown, check: TraceCheck = isWhole, options: WaitOptions = {}): Promise<Trace> {
    const traceId = await withSpan("test", async (span) => {
      const context = span.spanContext();
      if (!isSpanContextValid(context)) throw new AssertionError({ message: NOT_STARTED, operator: "fail" });
      await run();
      return context.traceId;
    });
    return this.waitForTrace(traceId, check, options);
  }

  /**
   * Waits until a trace is as the check wants it, by default until anything of it has come.
   *
   * @param wanted its id, or a function that finds it among all.
   * @throws what the check threw last, or an AssertionError that says what has come, when the time is over.
   */
  async waitForTrace(
    wanted: string | ((trace: Trace) => boolean),
    check: TraceCheck = () => true,
    { timeoutMs = 5_000 }: WaitOptions = {},
  ): Promise<Trace> {
    let last: unknown;
    const passes = (trace: Trace): boolean => {
      try {
        last = undefined;
        return check(trace) !== false;
      } catch (error) {
        last = error;
        return false;
      }
    };
    let found: Trace | undefined;
    const look = (): boolean => {
      found = this.#candidates(wanted).find(passes);
      return found !== undefined;
    };
    await flushAll();
    await this.#intake.waitUntil(look, { timeoutMs }).catch(() => {});
    if (found !== undefined) return found;
    throw last ?? new AssertionError({ message: this.#whatCame(wanted, timeoutMs), operator: "fail" });
  }

  /** All traces that have come, the first seen first. */
  traces(): Trace[] {
    return this.#intake.traces();
  }

  /** The Sentry error events that have come, the oldest first. */
  errors(): SentryErrorEvent[] {
    return this.#intake.errors();
  }

  /** Ends it; those who wait are told so. */
  async close(): Promise<void> {
    await this.#intake.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #candidates(wanted: string | ((trace: Trace) => boolean)): Trace[] {
    if (typeof wanted === "function") return this.traces().filter(wanted);
    const trace = this.#intake.trace(wanted);
    return trace === undefined ? [] : [trace];
  }

  #whatCame(wanted: string | ((trace: Trace) => boolean), timeoutMs: number): string {
    const what = typeof wanted === "string" ? `Trace ${wanted}` : "A trace as wanted";
    const lines = this.traces().map(
      ({ traceId, nodes, services }) =>
        `  ${traceId}: ${nodes[0]?.span.name}, ${nodes.length} spans of ${services.join(", ")}`,
    );
    const came =
      lines.length === 0
        ? "No trace has: is the service set to the capture's settings?"
        : `These have:\n${lines.join("\n")}`;
    return `${what} has not come within ${timeoutMs} ms. ${came}`;
  }
}

/** Starts a capture on a free port of 127.0.0.1; tests that run at the same time take one each. */
export async function startTraceCapture(): Promise<TraceCapture> {
  return new TraceCapture(await startIntake());
}

function isWhole({ roots }: Trace): boolean {
  return roots.length === 1 && roots.every(({ missingParent }) => !missingParent);
}
