import type { SentryErrorEvent } from "../sentry/event.ts";
import type { StoreStats } from "../trace/store-limits.ts";
import type { Trace } from "../trace/trace.ts";
import type { AnswerFunction, ReceivedRequest } from "./script.ts";
import type { ExportListener, IntakeState } from "./state.ts";

/** How long to wait. */
export interface WaitOptions {
  /** Milliseconds; default 10,000. */
  readonly timeoutMs?: number;
}

/**
 * A local endpoint that takes traces and error events as Sentry does (and traces as any OTLP/HTTP backend does), keeps
 * them in memory and shows them. Start it with `startIntake`.
 */
export class Intake {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  readonly port: number;
  /** Set as SENTRY_DSN to send here. */
  readonly dsn: string;
  /** Requests whose body came whole, in order, if `keepRequests` is set; else empty. */
  readonly requests: readonly ReceivedRequest[];
  readonly #state: IntakeState;
  readonly #stop: () => Promise<void>;

  /** Use `startIntake`. */
  constructor(state: IntakeState, port: number, key: string, stop: () => Promise<void>) {
    this.#state = state;
    this.#stop = stop;
    this.port = port;
    this.url = `http://127.0.0.1:${port}`;
    this.dsn = `http://${key}@127.0.0.1:${port}/1`;
    this.requests = state.requests;
  }

  /** Answers the next trace request with this instead; may be called several times. Its spans are not stored. */
  answerNext(
    status: number,
    headers: Readonly<Record<string, string>> = {},
    body: string | Uint8Array = "",
  ): void {
    this.#state.script.next({ status, headers, body });
  }

  /** Leaves the next trace request without any answer, its connection open. */
  hang(): void {
    this.#state.script.next("hang");
  }

  /** Lets a function answer every request of any kind (it may say "hang"); undefined ends that. */
  answerAll(answer: AnswerFunction | undefined): void {
    this.#state.script.all(answer);
  }

  /** The trace as far as it has come. */
  trace(traceId: string): Trace | undefined {
    return this.#state.traces.get(traceId);
  }

  /** Every trace, the first seen first. */
  traces(): Trace[] {
    return this.#state.traces.all();
  }

  /** The Sentry error events received, oldest first. */
  errors(): SentryErrorEvent[] {
    return this.#state.events.all();
  }

  /** Counts of what is held, and of what is not. */
  stats(): StoreStats {
    return this.#state.traces.stats();
  }

  /** Calls the listener with each export request taken; returns a function that ends that. */
  onExport(listener: ExportListener): () => void {
    this.#state.listeners.add(listener);
    return () => this.#state.listeners.delete(listener);
  }

  /**
   * Waits until the predicate accepts the trace (by default: until anything of it has come).
   * Rejects with a list of what did come when the time is over, and when the intake closes.
   */
  waitForTrace(
    traceId: string,
    predicate: (trace: Trace) => boolean = () => true,
    { timeoutMs = 10_000 }: WaitOptions = {},
  ): Promise<Trace> {
    const condition = () => {
      const trace = this.trace(traceId);
      return trace && predicate(trace) ? trace : undefined;
    };
    return this.#state.waiters.wait(condition, timeoutMs, () => {
      const nodes = this.trace(traceId)?.nodes ?? [];
      const names = nodes.map(({ span }) => `${span.service}: ${span.name} (${span.kind})`);
      const came = names.length > 0 ? `these spans have:\n  ${names.join("\n  ")}` : "no span of it has";
      return new Error(`trace ${traceId} has not come as expected within ${timeoutMs} ms; ${came}`);
    });
  }

  /** Waits for an error event that the predicate accepts. Rejects when the time is over, and when the intake closes. */
  waitForError(
    predicate: (event: SentryErrorEvent) => boolean = () => true,
    { timeoutMs = 10_000 }: WaitOptions = {},
  ): Promise<SentryErrorEvent> {
    return this.#state.waiters.wait(
      () => this.errors().find(predicate),
      timeoutMs,
      () =>
        new Error(`none of ${this.errors().length} error events is the expected one after ${timeoutMs} ms`),
    );
  }

  /** Waits until something that depends on what was received holds; it is asked after each arrival. */
  async waitUntil(holds: () => boolean, { timeoutMs = 10_000 }: WaitOptions = {}): Promise<void> {
    await this.#state.waiters.wait(
      () => holds() || undefined,
      timeoutMs,
      () => new Error(`what was waited for has not come within ${timeoutMs} ms`),
    );
  }

  /** Stops at once: open connections are closed, waiters fail. */
  async close(): Promise<void> {
    await this.#stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
