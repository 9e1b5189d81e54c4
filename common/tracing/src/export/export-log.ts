import { createLimitedLog, type Logger } from "../logger.ts";
import type { Posted } from "./wire.ts";

/** Names of log events, which stay. */
export type ExportEvent =
  | "tracekeep.export.failed"
  | "tracekeep.export.refused"
  | "tracekeep.export.dropped"
  | "tracekeep.export.lost";

/** What one destination's exporter says in the log: each kind of warning once a minute. */
export class ExportLog {
  readonly #destination: string;
  readonly #logger: Logger;
  readonly #limited: ReturnType<typeof createLimitedLog>;
  /** When the destination went down last. */
  #wentDown = 0;
  /** The same, from the time on when the log says so, until it is up. */
  #downSince: number | undefined;

  /** @param destination what it is and its host, never a key. */
  constructor(destination: string, logger: Logger) {
    this.#destination = destination;
    this.#logger = logger;
    this.#limited = createLimitedLog(logger);
  }

  /** @param kind of which one is let through in a minute. */
  warn(event: ExportEvent | "tracekeep.destination.down", kind: string, message: string, more = {}): boolean {
    return this.#limited("warn", kind, this.#fields(event, more), message);
  }

  /** A request has failed and is tried again. */
  retried({ fault }: Posted, reason: string, spans: number, retryInMs: number, wasDown: boolean): void {
    const fields = { reason, fault, spans, retryInMs };
    this.#logger.debug(this.#fields("tracekeep.export.retry", fields), "Spans are sent again.");
    const event = wasDown ? "tracekeep.export.failed" : "tracekeep.destination.down";
    const message = `Spans could not be sent (${reason}). "npx tracekeep doctor" finds out why.`;
    if (!wasDown) this.#wentDown = performance.now();
    // The first line of an outage may be held back, since another was over a short time ago.
    if (this.warn(event, reason, message, { fault, retryInMs })) this.#downSince ??= this.#wentDown;
  }

  /** The destination answers again. */
  up(): void {
    if (this.#downSince === undefined) return;
    const downSeconds = Math.round((performance.now() - this.#downSince) / 100) / 10;
    this.#downSince = undefined;
    this.#logger.info(this.#fields("tracekeep.destination.up", { downSeconds }), "Spans are sent again.");
  }

  /** What the server says beside its yes. */
  note(message: string): void {
    this.#logger.debug(this.#fields("tracekeep.export.note", { message }), "The server has a note.");
  }

  lostAtShutdown(lost: number): void {
    const message = `${lost} ${lost === 1 ? "span was" : "spans were"} lost at shutdown.`;
    this.#logger.warn(this.#fields("tracekeep.export.lost", { lost }), message);
  }

  #fields(event: string, more: object): object {
    return { event, destination: this.#destination, ...more };
  }
}
