import type { SpoolSettings } from "../config/tracing-config.ts";
import type { Logger } from "../logger.ts";
import { outsideOfRequests } from "../outside-of-requests.ts";
import type { Delivery } from "../spool/index.ts";
import type { HttpSender } from "../transport/http-sender.ts";
import type { Parcel } from "../transport/parcel.ts";
import { compressed, recompressed } from "./compression.ts";
import { type DropReason, ExportCounters, type ExportStats } from "./export-counters.ts";
import { ExportLog } from "./export-log.ts";
import { keepTrying } from "./keep-trying.ts";
import { KeptOnDisk } from "./kept-on-disk.ts";
import { keptRequests, parcelOf } from "./kept-requests.ts";
import { type DropListener, Losses } from "./losses.ts";
import { Outbox } from "./outbox.ts";
import { countSpans, isKept, type Outgoing } from "./outgoing.ts";
import { Pace } from "./pace.ts";
import { Stubborn } from "./stubborn.ts";
import { type Posted, post, type Wire } from "./wire.ts";

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
  /** Told of each request that has ended, those from the spool among them. */
  readonly posted?: PostListener | undefined;
}

/** Takes how long a request took, in seconds, and why it was not accepted, if it was not. */
export type PostListener = (result: Pick<Posted, "seconds" | "fault">) => void;

/** Sends what it is given to one destination, in batches. Never throws. */
export class BatchExporter<T extends Outgoing> {
  readonly #options: BatchExporterOptions<T>;
  readonly #outbox: Outbox<T>;
  readonly #disk: KeptOnDisk<T> | undefined;
  readonly #counters = new ExportCounters();
  readonly #pace = new Pace();
  readonly #stubborn = new Stubborn<T>();
  readonly #log: ExportLog;
  readonly #losses: Losses;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: BatchExporterOptions<T>) {
    this.#options = options;
    this.#log = new ExportLog(options.destination, options.logger);
    this.#losses = new Losses(this.#counters, this.#log, options.dropped);
    const { spool, wire } = options;
    this.#outbox = new Outbox({ ...options, mostItems: wire.mostItems }, (reason, spans) =>
      this.#losses.drop(reason, spans, 1),
    );
    if (spool !== undefined) this.#disk = this.#useDisk(spool);
  }

  #useDisk(spool: SpoolSettings): KeptOnDisk<T> {
    return new KeptOnDisk({
      ...this.#options,
      spool,
      mostBytes: this.#options.queueBytes,
      // While something waits here, that is what the destination is tried with.
      isWell: () =>
        !this.#closed && this.#pace.heldMs === 0 && (!this.#pace.isDown || this.#outbox.spans === 0),
      deliver: (body, spans) => this.#deliver(body, spans),
      saved: (spans) => this.#counters.saved(spans),
      lost: (items) => this.#losses.drop("queue_full", countSpans(items), items.length),
      expired: (spans) => this.#losses.expired(spans),
    });
  }

  /** What it sends to, by kind and host. */
  get destination(): string {
    return this.#options.destination;
  }

  add(item: T): void {
    const refusal = this.#refusalOf(item);
    if (refusal !== undefined) {
      this.#losses.drop(refusal, item.spans, 1);
      return;
    }
    this.#enqueue(item);
    if (this.#outbox.isFull && this.#pace.pauseMs === 0) this.#send();
    else this.#wakeIn(Math.max(this.#options.intervalMs, this.#pace.heldMs));
  }

  /** Behind all others. */
  #enqueue(item: T): void {
    const { queue } = this.#outbox;
    if (item.kept) this.#disk?.makeRoomIn(queue, item.bytes.length);
    queue.add(item);
  }

  /**
   * Sends all that waits now; resolves when it has arrived or the destination has failed, and at once while
   * the server has asked for a pause. Never rejects.
   */
  async flush(): Promise<void> {
    // Spans that come while others are being sent are not waited for: there may always be some.
    const goal = this.#counters.finished + this.#outbox.spans;
    while (this.#counters.finished < goal && !this.#closed && this.#pace.heldMs === 0) {
      this.#send();
      if (!(await Promise.race(this.#outbox.requests))) return;
    }
  }

  /** Sends what it can within the limit, in milliseconds, then gives up the rest. Nothing is left running. */
  async shutdown(limitMs: number): Promise<void> {
    const attempt = async (): Promise<boolean> => {
      await this.flush();
      return this.#outbox.spans === 0;
    };
    await keepTrying(limitMs, { attempt, heldMs: () => this.#pace.heldMs });
    const waiting = this.#outbox.spans;
    const lost = waiting - this.#saveKept(this.#stop());
    const gone = this.#options.sender.close();
    this.#losses.drop("shutdown", lost, 0);
    if (lost > 0) this.#log.lostAtShutdown(lost);
    await Promise.all([gone, this.#disk?.close()]);
  }

  /**
   * For a process that ends now: writes what has not arrived of kept traces to the spool, and returns what could
   * not be written. Nothing is sent any more.
   */
  rescue(): Parcel[] {
    if (this.#closed) return [];
    const { sender, wire, gzip } = this.#options;
    const requests = keptRequests([...this.#stop(), ...(this.#disk?.takeBack() ?? [])], wire);
    const left = requests.filter((request) => this.#disk?.save(request) !== true);
    this.#disk?.closeNow();
    return left.map((request) => parcelOf(request, sender.target, gzip !== false));
  }

  stats(): ExportStats {
    const stats = this.#counters.stats(this.#outbox.stats());
    return this.#disk === undefined ? stats : { ...stats, spool: this.#disk.stats() };
  }

  /** Sends nothing any more; the result is what has not arrived. */
  #stop(): T[] {
    this.#closed = true;
    clearTimeout(this.#timer);
    return this.#outbox.drain();
  }

  /** Writes what is left of kept traces to the disk; the number of its spans. */
  #saveKept(items: readonly T[]): number {
    if (this.#disk === undefined) return 0;
    const onTheWay = this.#disk.takeBack();
    const requests = keptRequests([...items, ...onTheWay], this.#options.wire);
    const saved = requests.reduce((sum, each) => sum + (this.#disk?.save(each) === true ? each.spans : 0), 0);
    // Those that were on their way count as saved already.
    const more = saved - countSpans(onTheWay);
    this.#counters.saved(more);
    return more;
  }

  /** Sends a request that was written to the disk once. */
  async #deliver(body: Uint8Array, spans: number): Promise<Delivery> {
    const { sender, wire, gzip } = this.#options;
    const posted = await post(sender, () => recompressed(body, gzip !== false), wire.categories);
    const { outcome, answer } = posted;
    this.#posted(posted);
    if (this.#pace.heed(outcome)) this.#dropSampled();
    if (outcome.kind === "accepted") return { refused: this.#losses.rejectedOf(spans, answer) };
    if (this.#closed) return "later";
    const event = outcome.kind === "retry" ? "tracekeep.export.failed" : "tracekeep.export.refused";
    this.#log.warn(event, outcome.reason, `Spans from the spool could not be sent (${outcome.reason}).`);
    return outcome.kind === "retry" ? "later" : { refused: spans };
  }

  #refusalOf({ kept }: T): DropReason | undefined {
    if (this.#closed) return "shutdown";
    return !kept && this.#pace.isLimited ? "rate_limited" : undefined;
  }

  /** Begins as many requests as may be under way. */
  #send(): void {
    const { concurrency, wire, sender, gzip } = this.#options;
    while (this.#outbox.requests.length < concurrency && !this.#closed) {
      const items = this.#stubborn.isProbing ? this.#outbox.takeOne() : this.#outbox.take();
      if (items.length === 0) return;
      const body = () => compressed(wire.encode(items), gzip !== false);
      const request: Promise<boolean> = post(sender, body, wire.categories).then((posted) => {
        this.#outbox.end(request);
        if (this.#closed) return true;
        this.#posted(posted);
        const isDone = this.#settle(items, posted);
        this.#goOn();
        return isDone;
      });
      this.#outbox.begin(request, items);
    }
  }

  /** Sends or waits, after a request has ended. */
  #goOn(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#outbox.isIdle) return;
    const { pauseMs } = this.#pace;
    if (pauseMs > 0) this.#wakeIn(pauseMs);
    else if (this.#outbox.isUrgent) this.#send();
    else this.#wakeIn(this.#options.intervalMs);
  }

  #wakeIn(delayMs: number): void {
    // What follows goes on for as long as the destination is down.
    this.#timer ??= outsideOfRequests(() => setTimeout(() => this.#wake(), delayMs).unref());
  }

  #wake(): void {
    this.#timer = undefined;
    // The server may have asked for a pause meanwhile, in an answer to what came from the spool.
    const { heldMs } = this.#pace;
    if (heldMs > 0) this.#wakeIn(heldMs);
    else this.#send();
  }

  #posted(posted: Posted): void {
    this.#counters.posted(posted);
    this.#options.posted?.(posted);
  }

  /** False if the same request would have to be made again. */
  #settle(items: T[], posted: Posted): boolean {
    const { outcome, answer } = posted;
    const wasDown = this.#pace.isDown;
    this.#pace.settle(outcome);
    this.#counters.batch(outcome);
    if (this.#pace.isLimited) this.#dropSampled();
    if (outcome.kind === "retry") {
      this.#log.retried(posted, outcome.reason, countSpans(items), Math.round(this.#pace.pauseMs), wasDown);
      return this.#tryAgain(items, posted, outcome.reason);
    }
    this.#stubborn.answered(outcome);
    if (wasDown) {
      this.#log.up();
      this.#disk?.wake();
    }
    if (outcome.kind === "accepted") {
      const rejected = this.#losses.rejectedOf(countSpans(items), answer);
      this.#counters.accepted(countSpans(items) - rejected);
      this.#losses.drop("refused", rejected, 0);
    }
    if (outcome.kind === "split") this.#split(items, outcome.reason);
    if (outcome.kind === "refused") {
      this.#losses.drop("refused", countSpans(items), 0);
      this.#sayRefused(outcome.reason);
    }
    return true;
  }

  #tryAgain(items: T[], posted: Posted, reason: string): boolean {
    const verdict = this.#stubborn.judge(items, posted);
    if (verdict === "give up") {
      this.#losses.givenUp(countSpans(items), items.length);
      this.#sayRefused(reason);
      return true;
    }
    if (verdict === "halve" && this.#outbox.setApart(items)) return items.length > 1;
    if (verdict === "behind") for (const item of items) this.#enqueue(item);
    else if (this.#pace.isLimited || !this.#outbox.stayApart(items)) this.#putBack(items);
    return false;
  }

  #sayRefused(reason: string): void {
    this.#log.warn("tracekeep.export.refused", reason, `Spans were refused (${reason}).`);
  }

  /** For as long as the server takes no more, there is no room for what is only sampled. */
  #dropSampled(): void {
    const sampled = this.#outbox.queue.takeSampled();
    this.#losses.drop("rate_limited", countSpans(sampled), sampled.length);
  }

  #putBack(items: readonly T[]): void {
    const stay = this.#pace.isLimited ? items.filter(isKept) : items;
    // The server has counted them itself.
    this.#losses.drop("rate_limited", countSpans(items) - countSpans(stay), 0);
    const { queue } = this.#outbox;
    if (this.#disk === undefined) queue.putBack(stay);
    else this.#disk.putBackInto(queue, stay);
  }

  #split(items: T[], reason: string): void {
    if (this.#outbox.split(items)) return;
    this.#losses.count("too_large", countSpans(items), 1);
    this.#log.warn("tracekeep.export.refused", reason, `A span was refused (${reason}).`);
  }
}
