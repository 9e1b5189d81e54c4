import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { Logger } from "../logger.ts";
import { createRateLimiter } from "../logger.ts";
import type { EncodedSpan } from "../otlp/index.ts";
import type { HttpSender } from "../transport/http-sender.ts";
import { judgeAnswer, type Outcome } from "./outcome.ts";
import { SpanQueue } from "./span-queue.ts";

const compress = promisify(gzip);

/** Why spans were lost on their way out. */
export type DropReason = "queue_full" | "refused" | "shutdown";

export interface ExportStats {
  /** Spans that the destination accepted. */
  readonly sent: number;
  readonly dropped: Readonly<Record<DropReason, number>>;
  readonly batches: { readonly accepted: number; readonly failed: number };
  readonly queuedSpans: number;
  readonly queuedBytes: number;
}

export interface BatchExporterOptions {
  /** For messages: the host, never a key. */
  readonly destination: string;
  readonly sender: HttpSender;
  readonly encode: (spans: readonly EncodedSpan[]) => Buffer;
  readonly queueBytes: number;
  readonly batchBytes: number;
  readonly intervalMs: number;
  readonly logger: Logger;
}

const FIRST_BACKOFF = 500;
const LONGEST_BACKOFF = 30_000;

/** Sends spans to one destination in batches, one request at a time. Never throws. */
export class BatchExporter {
  readonly #options: BatchExporterOptions;
  readonly #queue: SpanQueue;
  readonly #mayLog = createRateLimiter();
  /** The spans of the request under way, or of one that is to be sent again. */
  #batch: EncodedSpan[] = [];
  #sending: Promise<boolean> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #backoffMs = 0;
  #closed = false;
  readonly #batches = { accepted: 0, failed: 0 };
  #sent = 0;
  readonly #dropped: Record<DropReason, number> = { queue_full: 0, refused: 0, shutdown: 0 };

  /** The host that it sends to. */
  get destination(): string {
    return this.#options.destination;
  }

  constructor(options: BatchExporterOptions) {
    this.#options = options;
    this.#queue = new SpanQueue(options.queueBytes);
  }

  add(span: EncodedSpan): void {
    if (this.#closed) this.#dropped.shutdown++;
    else if (!this.#queue.add(span)) {
      this.#dropped.queue_full++;
      this.#warn("queue_full", "The export queue is full: spans are dropped.");
    } else if (this.#queue.bytes < this.#options.batchBytes)
      this.#timer ??= this.#startTimer(this.#options.intervalMs);
    else if (this.#backoffMs === 0) void this.#send();
  }

  /** Sends all that waits; resolves when it has arrived or the destination has failed. Never rejects. */
  async flush(): Promise<void> {
    while (this.#waiting > 0) if (!(await this.#send())) return;
  }

  /** Flushes within the limit, in milliseconds, then gives up the rest. Nothing is left running. */
  async shutdown(limitMs: number): Promise<void> {
    const { promise: limit, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, limitMs);
    await Promise.race([this.flush(), limit]);
    clearTimeout(timer);
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#options.sender.close();
    const lost = this.#batch.length + this.#queue.clear();
    this.#batch = [];
    this.#dropped.shutdown += lost;
    if (lost > 0) this.#options.logger.warn(this.#fields({ lost }), `${lost} spans were lost at shutdown.`);
  }

  stats(): ExportStats {
    return {
      sent: this.#sent,
      dropped: { ...this.#dropped },
      batches: { ...this.#batches },
      queuedSpans: this.#waiting,
      queuedBytes: this.#queue.bytes,
    };
  }

  get #waiting(): number {
    return this.#batch.length + this.#queue.length;
  }

  /** True if a batch went out of the way, accepted or refused; false if it has to wait. */
  #send(): Promise<boolean> {
    this.#sending ??= this.#sendBatch().finally(() => {
      this.#sending = undefined;
      clearTimeout(this.#timer);
      this.#timer = undefined;
      if (this.#closed || this.#waiting === 0) return;
      if (this.#backoffMs > 0) this.#timer = this.#startTimer(this.#backoffMs);
      else if (this.#queue.bytes >= this.#options.batchBytes) void this.#send();
      else this.#timer = this.#startTimer(this.#options.intervalMs);
    });
    return this.#sending;
  }

  async #sendBatch(): Promise<boolean> {
    if (this.#batch.length === 0) this.#batch = this.#queue.take(this.#options.batchBytes);
    if (this.#batch.length === 0) return true;
    const outcome = await this.#post(this.#batch);
    if (this.#closed) return true;
    this.#settle(outcome);
    return outcome.kind !== "retry";
  }

  async #post(batch: readonly EncodedSpan[]): Promise<Outcome> {
    try {
      const { status, headers } = await this.#options.sender.post(
        await compress(this.#options.encode(batch)),
      );
      return judgeAnswer(status, headers);
    } catch (error) {
      return { kind: "retry", reason: describeNetworkFault(error) };
    }
  }

  #settle(outcome: Outcome): void {
    if (outcome.kind === "accepted") {
      this.#batches.accepted++;
      this.#sent += this.#batch.length;
    } else this.#batches.failed++;
    if (outcome.kind === "retry") {
      // A server that says "now" is not asked again at once either: it would be hammered.
      this.#backoffMs = Math.max(
        outcome.waitMs ?? Math.min(this.#backoffMs * 2, LONGEST_BACKOFF),
        FIRST_BACKOFF,
      );
      this.#warn(outcome.reason, `Spans could not be sent (${outcome.reason}).`);
      return;
    }
    if (outcome.kind === "refused") {
      this.#dropped.refused += this.#batch.length;
      this.#warn(outcome.reason, `Spans were refused (${outcome.reason}).`);
    }
    this.#batch = [];
    this.#backoffMs = 0;
  }

  #startTimer(delayMs: number): NodeJS.Timeout {
    return setTimeout(() => void this.#send(), delayMs).unref();
  }

  #fields(more: object): object {
    return { destination: this.#options.destination, ...more };
  }

  #warn(kind: string, message: string): void {
    const held = this.#mayLog(kind);
    if (held !== undefined)
      this.#options.logger.warn(this.#fields(held > 0 ? { repeated: held } : {}), message);
  }
}

function describeNetworkFault(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message;
}
