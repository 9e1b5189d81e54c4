import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { createRateLimiter, type Logger } from "../logger.ts";
import type { HttpSender } from "../transport/http-sender.ts";
import { nextBackoff } from "./backoff.ts";
import { type DropReason, ExportCounters, type ExportStats } from "./export-counters.ts";
import { ExportQueue, type Outgoing } from "./export-queue.ts";
import { keepTrying } from "./keep-trying.ts";
import { judgeAnswer, type Outcome } from "./outcome.ts";
import { readPartialSuccess } from "./partial-success.ts";

const compress = promisify(gzip);

/** How a destination wants what is sent. */
export interface Wire<T extends Outgoing> {
  /** One request's body, before compression. */
  encode(items: readonly T[]): Uint8Array;
  /** How many items one request may hold. */
  readonly mostItems: number;
  /** Sentry's names of what is sent, for its rate limits. */
  readonly categories: ReadonlySet<string>;
}

export interface BatchExporterOptions<T extends Outgoing> {
  /** For messages: what it is and its host, never a key. */
  readonly destination: string;
  readonly sender: HttpSender;
  readonly wire: Wire<T>;
  readonly queueBytes: number;
  readonly batchBytes: number;
  readonly intervalMs: number;
  /** Requests that may be under way at a time. */
  readonly concurrency: number;
  readonly logger: Logger;
}

/** What is worth a line in the log. */
const WARNINGS: Readonly<Partial<Record<DropReason, string>>> = {
  queue_full: "The export queue is full: spans are dropped.",
  too_large: "A span is larger than TRACE_EXPORT_BATCH_BYTES: it is dropped.",
  rate_limited: "The server takes no more for now: sampled spans are dropped, those of kept traces wait.",
};

/** Sends what it is given to one destination, in batches. Never throws. */
export class BatchExporter<T extends Outgoing> {
  readonly #options: BatchExporterOptions<T>;
  readonly #queue: ExportQueue<T>;
  readonly #counters = new ExportCounters();
  readonly #mayLog = createRateLimiter();
  /** Requests under way; each resolves to whether it is done with, one way or the other. */
  readonly #underWay = new Set<Promise<boolean>>();
  #spansUnderWay = 0;
  /** Halves of what was too large for one request. */
  #halves: T[][] = [];
  #timer: NodeJS.Timeout | undefined;
  #backoffMs = 0;
  /** When the server may be asked again, if it has said so. */
  #heldUntil = 0;
  /** Until when only kept traces are taken. */
  #limitedUntil = 0;
  #closed = false;

  constructor(options: BatchExporterOptions<T>) {
    this.#options = options;
    this.#queue = new ExportQueue(options.queueBytes, options.batchBytes, (reason, spans) =>
      this.#drop(reason, spans),
    );
  }

  /** What it sends to, by kind and host. */
  get destination(): string {
    return this.#options.destination;
  }

  add(item: T): void {
    const refusal = this.#refusalOf(item);
    if (refusal !== undefined) {
      this.#drop(refusal, item.spans);
      return;
    }
    this.#queue.add(item);
    const isFull = this.#queue.bytes >= this.#options.batchBytes;
    if (isFull && this.#backoffMs === 0 && this.#heldMs === 0) this.#send();
    else this.#wakeIn(Math.max(this.#options.intervalMs, this.#heldMs));
  }

  /**
   * Sends all that waits now; resolves when it has arrived or the destination has failed, and at once while
   * the server has asked for a pause. Never rejects.
   */
  async flush(): Promise<void> {
    // Spans that come while others are being sent are not waited for: there may always be some.
    const goal = this.#counters.finished + this.#waiting;
    while (this.#counters.finished < goal && !this.#closed && this.#heldMs === 0) {
      this.#send();
      if (!(await Promise.race(this.#underWay))) return;
    }
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
    const lost = this.#waiting;
    this.#queue.drain();
    this.#halves = [];
    this.#drop("shutdown", lost);
    if (lost > 0) this.#options.logger.warn(this.#fields({ lost }), `${lost} spans were lost at shutdown.`);
    await gone;
  }

  stats(): ExportStats {
    return this.#counters.stats(this.#waiting, this.#queue.bytes);
  }

  #refusalOf({ kept }: T): DropReason | undefined {
    if (this.#closed) return "shutdown";
    return !kept && performance.now() < this.#limitedUntil ? "rate_limited" : undefined;
  }

  get #waiting(): number {
    const halves = this.#halves.reduce((sum, items) => sum + countSpans(items), 0);
    return this.#spansUnderWay + halves + this.#queue.spans;
  }

  /** What is left of the pause that the server has asked for, in whole milliseconds. */
  get #heldMs(): number {
    return Math.max(0, Math.floor(this.#heldUntil - performance.now()));
  }

  /** Begins as many requests as may be under way. */
  #send(): void {
    while (this.#underWay.size < this.#options.concurrency && !this.#closed) {
      const { batchBytes, wire } = this.#options;
      const items = this.#halves.shift() ?? this.#queue.take(batchBytes, wire.mostItems);
      if (items.length === 0) return;
      this.#spansUnderWay += countSpans(items);
      const sending = this.#post(items).then((outcome) => {
        this.#underWay.delete(sending);
        this.#spansUnderWay -= countSpans(items);
        if (this.#closed) return true;
        this.#settle(items, outcome);
        this.#goOn();
        return outcome.kind !== "retry";
      });
      this.#underWay.add(sending);
    }
  }

  /** Sends or waits, after a request has ended. */
  #goOn(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#waiting - this.#spansUnderWay === 0) return;
    const pause = Math.max(this.#backoffMs, this.#heldMs);
    if (pause > 0) this.#wakeIn(pause);
    else if (this.#halves.length > 0 || this.#queue.bytes >= this.#options.batchBytes) this.#send();
    else this.#wakeIn(this.#options.intervalMs);
  }

  #wakeIn(delayMs: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#send();
    }, delayMs).unref();
  }

  async #post(items: readonly T[]): Promise<Outcome> {
    const { sender, wire } = this.#options;
    try {
      const answer = await sender.post(await compress(wire.encode(items)));
      const outcome = judgeAnswer(answer, wire.categories);
      if (outcome.kind === "accepted") this.#countAccepted(countSpans(items), answer);
      return outcome;
    } catch (error) {
      return { kind: "retry", reason: describeNetworkFault(error) };
    }
  }

  #countAccepted(spans: number, answer: Parameters<typeof readPartialSuccess>[0]): void {
    if (this.#closed) return;
    const { rejectedSpans, message } = readPartialSuccess(answer);
    const rejected = Math.min(rejectedSpans, spans);
    this.#counters.accepted(spans - rejected);
    if (rejected > 0) {
      this.#drop("refused", rejected);
      this.#warn(
        "partial",
        `The server took a request, but not ${rejected} of its spans (${message.slice(0, 200)}).`,
      );
    } else if (message !== "")
      this.#options.logger.debug(this.#fields({ message }), "The server has a note.");
  }

  #settle(items: T[], outcome: Outcome): void {
    if (outcome.kind !== "accepted") this.#counters.failed();
    const waitMs = "waitMs" in outcome ? (outcome.waitMs ?? 0) : 0;
    if (waitMs > 0) this.#heldUntil = performance.now() + waitMs;
    const limited = outcome.kind === "accepted" ? waitMs > 0 : outcome.kind === "retry" && outcome.limited;
    if (outcome.kind === "retry") {
      this.#backoffMs = nextBackoff(this.#backoffMs, outcome.waitMs);
      this.#warn(outcome.reason, `Spans could not be sent (${outcome.reason}).`);
    } else this.#backoffMs = 0;
    if (limited === true) this.#limit(Math.max(waitMs, this.#backoffMs));
    if (outcome.kind === "retry") this.#putBack(items);
    else if (outcome.kind === "split") this.#split(items, outcome.reason);
    else if (outcome.kind === "refused") {
      this.#drop("refused", countSpans(items));
      this.#warn(outcome.reason, `Spans were refused (${outcome.reason}).`);
    }
  }

  /** For as long as the server takes no more, there is no room for what is only sampled. */
  #limit(durationMs: number): void {
    this.#limitedUntil = performance.now() + durationMs;
    this.#drop("rate_limited", this.#queue.clearSampled());
  }

  #putBack(items: readonly T[]): void {
    const limited = performance.now() < this.#limitedUntil;
    const stay = limited ? items.filter(({ kept }) => kept) : items;
    this.#drop("rate_limited", countSpans(items) - countSpans(stay));
    this.#queue.putBack(stay);
  }

  #split(items: T[], reason: string): void {
    if (items.length === 1) {
      this.#drop("too_large", countSpans(items));
      this.#warn(reason, `A span was refused (${reason}).`);
      return;
    }
    const half = Math.ceil(items.length / 2);
    this.#halves.push(items.slice(0, half), items.slice(half));
  }

  #drop(reason: DropReason, spans: number): void {
    if (spans === 0) return;
    this.#counters.drop(reason, spans);
    const warning = WARNINGS[reason];
    if (warning !== undefined) this.#warn(reason, warning);
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

function countSpans(items: readonly Outgoing[]): number {
  return items.reduce((sum, { spans }) => sum + spans, 0);
}

function describeNetworkFault(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message;
}
