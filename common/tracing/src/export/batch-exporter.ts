import { promisify } from "node:util";
import { gunzip, gzip, gzipSync } from "node:zlib";
import type { SpoolSettings } from "../config/tracing-config.ts";
import { createRateLimiter, type Logger } from "../logger.ts";
import { Courier, type Delivery, Spool } from "../spool/index.ts";
import type { HttpSender } from "../transport/http-sender.ts";
import type { Parcel } from "../transport/parcel.ts";
import { nextBackoff } from "./backoff.ts";
import { type DropReason, ExportCounters, type ExportStats } from "./export-counters.ts";
import { ExportQueue, type Outgoing } from "./export-queue.ts";
import { keepTrying } from "./keep-trying.ts";
import { judgeAnswer, type Outcome } from "./outcome.ts";
import { readPartialSuccess } from "./partial-success.ts";

const compress = promisify(gzip);
const decompress = promisify(gunzip);
/** Kept traces go to disk in requests of this size before compression, since what is too large there cannot be split. */
const SPOOLED_BYTES = 262_144;

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
  /** Whether bodies are compressed; default true. The sender's headers have to say the same. */
  readonly gzip?: boolean;
  /** Where spans of kept traces wait on disk if they cannot be sent; default nowhere. */
  readonly spool?: SpoolSettings | undefined;
  /** Told of what is dropped here, and not by the server. */
  readonly dropped?: DropListener | undefined;
}

/** Takes what is lost: so many spans in so many items. */
export type DropListener = (
  reason: DropReason | "spool",
  lost: { readonly spans: number; readonly items: number },
) => void;

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
  /** Requests under way, with what is in them; each resolves to whether it is done with, one way or the other. */
  readonly #underWay = new Map<Promise<boolean>, readonly T[]>();
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
  readonly #spool: Spool | undefined;
  readonly #courier: Courier | undefined;
  /** What is on its way to the disk. */
  readonly #spilling = new Set<readonly T[]>();
  #bytesSpilling = 0;

  constructor(options: BatchExporterOptions<T>) {
    this.#options = options;
    this.#queue = new ExportQueue(options.queueBytes, options.batchBytes, (reason, spans) =>
      this.#drop(reason, spans, 1),
    );
    const { spool, sender, destination, logger } = options;
    if (spool === undefined) return;
    this.#spool = new Spool({
      ...spool,
      destination,
      url: sender.target.url,
      contentType: sender.target.headers["content-type"] ?? "",
      logger,
      lost: (spans) => options.dropped?.("spool", { spans, items: 1 }),
    });
    this.#courier = new Courier({
      spool: this.#spool,
      firstLookMs: options.intervalMs,
      // While something waits here, that is what the destination is tried with.
      isWell: () => !this.#closed && this.#heldMs === 0 && (this.#backoffMs === 0 || this.#waiting === 0),
      deliver: (body) => this.#deliver(body),
    });
  }

  /** What it sends to, by kind and host. */
  get destination(): string {
    return this.#options.destination;
  }

  add(item: T): void {
    const refusal = this.#refusalOf(item);
    if (refusal !== undefined) {
      this.#drop(refusal, item.spans, 1);
      return;
    }
    if (item.kept) this.#makeRoom(item.bytes.length);
    this.#queue.add(item);
    if (this.#isFull && this.#backoffMs === 0 && this.#heldMs === 0) this.#send();
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
      if (!(await Promise.race(this.#underWay.keys()))) return;
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
    const lost = this.#waiting - this.#saveKept();
    this.#queue.drain();
    this.#halves = [];
    this.#drop("shutdown", lost, 0);
    if (lost > 0) this.#options.logger.warn(this.#fields({ lost }), `${lost} spans were lost at shutdown.`);
    await Promise.all([gone, this.#courier?.close()]);
    this.#spool?.close();
  }

  /**
   * For a process that ends now: writes what has not arrived of kept traces to the spool, and returns what could
   * not be written. Nothing is sent any more.
   */
  rescue(): Parcel[] {
    if (this.#closed) return [];
    const parcels = this.#takeKept();
    this.#closed = true;
    clearTimeout(this.#timer);
    const left = parcels.filter(({ body, spans }) => this.#spool?.save(body, spans) !== true);
    this.#spool?.close();
    const { target } = this.#options.sender;
    return left.map((parcel) => ({ ...parcel, target, gzip: this.#options.gzip !== false }));
  }

  stats(): ExportStats {
    const stats = this.#counters.stats(this.#waiting, this.#queue.bytes);
    return this.#spool === undefined ? stats : { ...stats, spool: this.#spool.stats() };
  }

  /** Writes what is left of kept traces to the spool; the number of its spans. */
  #saveKept(): number {
    const spool = this.#spool;
    if (spool === undefined) return 0;
    const spilling = [...this.#spilling].reduce((sum, items) => sum + countSpans(items), 0);
    let saved = 0;
    for (const { body, spans } of this.#takeKept()) if (spool.save(body, spans)) saved += spans;
    // Those that were on their way count as saved already.
    this.#counters.saved(saved - spilling);
    return saved - spilling;
  }

  /** Everything of kept traces that has not arrived yet, as compressed requests. */
  #takeKept(): { readonly body: Uint8Array; readonly spans: number }[] {
    const items = [
      ...this.#underWay.values(),
      ...this.#spilling,
      ...this.#halves,
      this.#queue.drain(),
    ].flat();
    this.#spilling.clear();
    const { wire } = this.#options;
    const batches = chunk(
      items.filter(({ kept }) => kept),
      SPOOLED_BYTES,
      wire.mostItems,
    );
    return batches.map((batch) => ({ body: gzipSync(wire.encode(batch)), spans: countSpans(batch) }));
  }

  /** Before a span of a kept trace is lost because the queue is full, older ones go to the spool. */
  #makeRoom(bytes: number): void {
    const { queueBytes, wire } = this.#options;
    if (this.#spool === undefined || bytes > queueBytes) return;
    while (this.#queue.bytes + bytes > queueBytes && this.#queue.keptSpans > 0) {
      const taken = this.#queue.take(SPOOLED_BYTES, wire.mostItems);
      this.#spill(taken.filter(({ kept }) => kept));
      this.#queue.putBack(taken.filter(({ kept }) => !kept));
    }
  }

  #spill(items: readonly T[]): void {
    const bytes = countBytes(items);
    const spans = countSpans(items);
    if (this.#bytesSpilling + bytes > this.#options.queueBytes) {
      this.#drop("queue_full", spans, items.length);
      return;
    }
    this.#bytesSpilling += bytes;
    this.#spilling.add(items);
    this.#counters.saved(spans);
    compress(this.#options.wire.encode(items)).then(
      (body) => this.#spilled(items, body),
      () => this.#spilled(items, undefined),
    );
  }

  #spilled(items: readonly T[], body: Uint8Array | undefined): void {
    this.#bytesSpilling -= countBytes(items);
    // Otherwise a shutdown was faster.
    if (!this.#spilling.delete(items)) return;
    const spans = countSpans(items);
    if (body !== undefined && this.#spool?.save(body, spans) === true) return;
    this.#counters.saved(-spans);
    this.#drop("queue_full", spans, items.length);
  }

  /** Sends a request that was written to the spool once. */
  async #deliver(body: Uint8Array): Promise<Delivery> {
    const { sender, wire, gzip: compressed } = this.#options;
    let outcome: Outcome;
    try {
      const answer = await sender.post(compressed === false ? await decompress(body) : body);
      outcome = judgeAnswer(answer, wire.categories);
    } catch (error) {
      outcome = { kind: "retry", reason: describeNetworkFault(error) };
    }
    if (this.#closed) return outcome.kind === "accepted" ? "accepted" : "later";
    this.#heed(outcome);
    if (outcome.kind === "accepted") return "accepted";
    this.#warn(outcome.reason, `Spans from the spool could not be sent (${outcome.reason}).`);
    return outcome.kind === "retry" ? "later" : "refused";
  }

  #refusalOf({ kept }: T): DropReason | undefined {
    if (this.#closed) return "shutdown";
    return !kept && performance.now() < this.#limitedUntil ? "rate_limited" : undefined;
  }

  /** Whether what waits fills a request. */
  get #isFull(): boolean {
    return this.#queue.bytes >= this.#options.batchBytes;
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
      const sending: Promise<boolean> = this.#post(items).then((outcome) => {
        this.#underWay.delete(sending);
        this.#spansUnderWay -= countSpans(items);
        if (this.#closed) return true;
        this.#settle(items, outcome);
        this.#goOn();
        return outcome.kind !== "retry";
      });
      this.#underWay.set(sending, items);
    }
  }

  /** Sends or waits, after a request has ended. */
  #goOn(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#waiting - this.#spansUnderWay === 0) return;
    const pause = Math.max(this.#backoffMs, this.#heldMs);
    if (pause > 0) this.#wakeIn(pause);
    else if (this.#halves.length > 0 || this.#isFull) this.#send();
    else this.#wakeIn(this.#options.intervalMs);
  }

  #wakeIn(delayMs: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#send();
    }, delayMs).unref();
  }

  async #post(items: readonly T[]): Promise<Outcome> {
    const { sender, wire, gzip: compressed } = this.#options;
    try {
      const body = wire.encode(items);
      const answer = await sender.post(compressed === false ? body : await compress(body));
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
      this.#drop("refused", rejected, 0);
      this.#warn(
        "partial",
        `The server took a request, but not ${rejected} of its spans (${message.slice(0, 200)}).`,
      );
    } else if (message !== "")
      this.#options.logger.debug(this.#fields({ message }), "The server has a note.");
  }

  #settle(items: T[], outcome: Outcome): void {
    if (outcome.kind !== "accepted") this.#counters.failed();
    const wasDown = this.#backoffMs > 0;
    if (outcome.kind === "retry") {
      this.#backoffMs = nextBackoff(this.#backoffMs, outcome.waitMs);
      this.#warn(outcome.reason, `Spans could not be sent (${outcome.reason}).`);
    } else this.#backoffMs = 0;
    this.#heed(outcome);
    if (outcome.kind === "retry") this.#putBack(items);
    else if (wasDown) this.#courier?.wake();
    if (outcome.kind === "split") this.#split(items, outcome.reason);
    else if (outcome.kind === "refused") {
      this.#drop("refused", countSpans(items), items.length);
      this.#warn(outcome.reason, `Spans were refused (${outcome.reason}).`);
    }
  }

  /** Waits for as long as the server has asked. */
  #heed(outcome: Outcome): void {
    const waitMs = "waitMs" in outcome ? (outcome.waitMs ?? 0) : 0;
    if (waitMs > 0) this.#heldUntil = performance.now() + waitMs;
    const limited = outcome.kind === "accepted" ? waitMs > 0 : outcome.kind === "retry" && outcome.limited;
    if (limited === true) this.#limit(Math.max(waitMs, this.#backoffMs));
  }

  /** For as long as the server takes no more, there is no room for what is only sampled. */
  #limit(durationMs: number): void {
    this.#limitedUntil = performance.now() + durationMs;
    const sampled = this.#queue.takeSampled();
    this.#drop("rate_limited", countSpans(sampled), sampled.length);
  }

  #putBack(items: readonly T[]): void {
    const limited = performance.now() < this.#limitedUntil;
    const stay = limited ? items.filter(({ kept }) => kept) : items;
    // The server has counted them itself.
    this.#drop("rate_limited", countSpans(items) - countSpans(stay), 0);
    const fits = this.#queue.bytes + countBytes(stay) <= this.#options.queueBytes;
    if (this.#spool === undefined || fits) this.#queue.putBack(stay);
    else {
      this.#spill(stay.filter(({ kept }) => kept));
      this.#queue.putBack(stay.filter(({ kept }) => !kept));
    }
  }

  #split(items: T[], reason: string): void {
    if (items.length === 1) {
      this.#count("too_large", countSpans(items), 1);
      this.#warn(reason, `A span was refused (${reason}).`);
      return;
    }
    const half = Math.ceil(items.length / 2);
    this.#halves.push(items.slice(0, half), items.slice(half));
  }

  #drop(reason: DropReason, spans: number, items: number): void {
    if (spans === 0) return;
    this.#count(reason, spans, items);
    const warning = WARNINGS[reason];
    if (warning !== undefined) this.#warn(reason, warning);
  }

  /** @param items how many of them the server knows nothing of. */
  #count(reason: DropReason, spans: number, items: number): void {
    this.#counters.drop(reason, spans);
    if (items > 0) this.#options.dropped?.(reason, { spans, items });
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

/** In their order, as many to a request as it may hold. */
function chunk<T extends Outgoing>(items: readonly T[], most: number, mostItems: number): T[][] {
  const chunks: T[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const item of items) {
    const last = chunks.at(-1);
    if (last === undefined || bytes + item.bytes.length > most || last.length >= mostItems) {
      chunks.push([item]);
      bytes = item.bytes.length;
    } else {
      last.push(item);
      bytes += item.bytes.length;
    }
  }
  return chunks;
}

function countBytes(items: readonly Outgoing[]): number {
  return items.reduce((sum, { bytes }) => sum + bytes.length, 0);
}

function countSpans(items: readonly Outgoing[]): number {
  return items.reduce((sum, { spans }) => sum + spans, 0);
}

function describeNetworkFault(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message;
}
