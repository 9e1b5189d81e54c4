import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { Logger } from "../logger.ts";
import { createRateLimiter } from "../logger.ts";
import type { EncodedSpan } from "../otlp/index.ts";
import type { HttpSender } from "../transport/http-sender.ts";
import { nextBackoff } from "./backoff.ts";
import { keepTrying } from "./keep-trying.ts";
import { judgeAnswer, type Outcome } from "./outcome.ts";
import { type QueueRefusal, SpanQueue } from "./span-queue.ts";

const compress = promisify(gzip);

/** Why spans were lost on their way out. */
export type DropReason = QueueRefusal | "refused" | "shutdown";

export interface ExportStats {
  /** Spans that the destination accepted. */
  readonly sent: number;
  readonly dropped: Readonly<Record<DropReason, number>>;
  readonly batches: { readonly accepted: number; readonly failed: number };
  readonly queuedSpans: number;
  readonly queuedBytes: number;
}

export interface BatchExporterOptions {
  /** For messages: what it is and its host, never a key. */
  readonly destination: string;
  readonly sender: HttpSender;
  readonly encode: (spans: readonly EncodedSpan[]) => Buffer;
  readonly queueBytes: number;
  readonly batchBytes: number;
  readonly intervalMs: number;
  readonly logger: Logger;
}

const REFUSALS: Readonly<Record<QueueRefusal, string>> = {
  queue_full: "The export queue is full: spans are dropped.",
  too_large: "A span is larger than TRACE_EXPORT_BATCH_BYTES: it is dropped.",
};

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
  /** When the server may be asked again, if it has said so. */
  #heldUntil = 0;
  #closed = false;
  readonly #batches = { accepted: 0, failed: 0 };
  #sent = 0;
  readonly #dropped: Record<DropReason, number> = {
    queue_full: 0,
    too_large: 0,
    refused: 0,
    shutdown: 0,
  };

  /** What it sends to, by kind and host. */
  get destination(): string {
    return this.#options.destination;
  }

  constructor(options: BatchExporterOptions) {
    this.#options = options;
    this.#queue = new SpanQueue(options.queueBytes, options.batchBytes);
  }

  add(span: EncodedSpan): void {
    const refusal = this.#closed ? "shutdown" : this.#queue.add(span);
    if (refusal !== undefined) {
      this.#dropped[refusal]++;
      if (refusal !== "shutdown") this.#warn(refusal, REFUSALS[refusal]);
    } else if (this.#queue.bytes < this.#options.batchBytes)
      this.#timer ??= this.#startTimer(this.#options.intervalMs);
    else if (this.#backoffMs === 0) void this.#send();
  }

  /**
   * Sends all that waits now; resolves when it has arrived or the destination has failed, and at once while
   * the server has asked for a pause. Never rejects.
   */
  async flush(): Promise<void> {
    // Spans that come while others are being sent are not waited for: there may always be some.
    const goal = this.#finished + this.#waiting;
    while (this.#finished < goal && !this.#closed && this.#heldMs === 0) if (!(await this.#send())) return;
  }

  /** Sends what it can within the limit, in milliseconds, then gives up the rest. Nothing is left running. */
  async shutdown(limitMs: number): Promise<void> {
    const attempt = async (): Promise<boolean> => {
      await this.flush();
      return this.#waiting === 0;
    };
    await keepTrying(limitMs, { attempt, heldMs: () => this.#heldMs });
    this.#closed = true;
    clearTimeout(this.#timer);
    const gone = this.#options.sender.close();
    const lost = this.#batch.length + this.#queue.clear();
    this.#batch = [];
    this.#dropped.shutdown += lost;
    if (lost > 0) this.#options.logger.warn(this.#fields({ lost }), `${lost} spans were lost at shutdown.`);
    await gone;
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

  /** Spans that have waited and wait no more. */
  get #finished(): number {
    return this.#sent + this.#dropped.refused;
  }

  /** What is left of the pause that the server has asked for, in whole milliseconds. */
  get #heldMs(): number {
    return Math.max(0, Math.floor(this.#heldUntil - performance.now()));
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
      this.#backoffMs = nextBackoff(this.#backoffMs, outcome.waitMs);
      this.#heldUntil = performance.now() + (outcome.waitMs ?? 0);
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
