import type { SpoolSettings } from "../config/tracing-config.ts";
import type { Logger } from "../logger.ts";
import type { Delivery } from "../spool/index.ts";
import type { HttpResponse, HttpSender } from "../transport/http-sender.ts";
import type { Parcel } from "../transport/parcel.ts";
import { type DropReason, ExportCounters, type ExportStats } from "./export-counters.ts";
import { ExportLog } from "./export-log.ts";
import { ExportQueue } from "./export-queue.ts";
import { keepTrying } from "./keep-trying.ts";
import { compressed, KeptOnDisk, keptRequests, recompressed, SPOOLED_BYTES } from "./kept-on-disk.ts";
import { countBytes, countSpans, isKept, type Outgoing } from "./outgoing.ts";
import { Pace } from "./pace.ts";
import { readPartialSuccess } from "./partial-success.ts";
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
  readonly #disk: KeptOnDisk<T> | undefined;
  readonly #counters = new ExportCounters();
  readonly #pace = new Pace();
  readonly #log: ExportLog;
  /** Requests under way, with what is in them; each resolves to whether it is done with, one way or the other. */
  readonly #underWay = new Map<Promise<boolean>, readonly T[]>();
  #spansUnderWay = 0;
  /** Halves of what was too large for one request. */
  #halves: T[][] = [];
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: BatchExporterOptions<T>) {
    this.#options = options;
    this.#log = new ExportLog(options.destination, options.logger);
    this.#queue = new ExportQueue(options.queueBytes, options.batchBytes, (reason, spans) =>
      this.#drop(reason, spans, 1),
    );
    const { spool } = options;
    if (spool !== undefined) this.#disk = this.#useDisk(spool);
  }

  #useDisk(spool: SpoolSettings): KeptOnDisk<T> {
    return new KeptOnDisk({
      ...this.#options,
      spool,
      mostBytes: this.#options.queueBytes,
      // While something waits here, that is what the destination is tried with.
      isWell: () => !this.#closed && this.#pace.heldMs === 0 && (!this.#pace.isDown || this.#waiting === 0),
      deliver: (body, spans) => this.#deliver(body, spans),
      saved: (spans) => this.#counters.saved(spans),
      lost: (items) => this.#drop("queue_full", countSpans(items), items.length),
      expired: (spans) => this.#options.dropped?.("spool", { spans, items: 1 }),
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
    if (this.#isFull && this.#pace.pauseMs === 0) this.#send();
    else this.#wakeIn(Math.max(this.#options.intervalMs, this.#pace.heldMs));
  }

  /**
   * Sends all that waits now; resolves when it has arrived or the destination has failed, and at once while
   * the server has asked for a pause. Never rejects.
   */
  async flush(): Promise<void> {
    // Spans that come while others are being sent are not waited for: there may always be some.
    const goal = this.#counters.finished + this.#waiting;
    while (this.#counters.finished < goal && !this.#closed && this.#pace.heldMs === 0) {
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
    await keepTrying(limitMs, { attempt, heldMs: () => this.#pace.heldMs });
    const waiting = this.#waiting;
    const lost = waiting - this.#saveKept(this.#stop());
    const gone = this.#options.sender.close();
    this.#drop("shutdown", lost, 0);
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
    return left.map((request) => ({ ...request, target: sender.target, gzip: gzip !== false }));
  }

  stats(): ExportStats {
    const stats = this.#counters.stats({
      queuedSpans: this.#waiting,
      queuedBytes: this.#queue.bytes,
      queueLimitBytes: this.#options.queueBytes,
      inFlightSpans: this.#spansUnderWay,
      inFlightBytes: countBytes([...this.#underWay.values(), ...this.#halves].flat()),
    });
    return this.#disk === undefined ? stats : { ...stats, spool: this.#disk.stats() };
  }

  /** Sends nothing any more; the result is what has not arrived. */
  #stop(): T[] {
    this.#closed = true;
    clearTimeout(this.#timer);
    const items = [...this.#underWay.values(), ...this.#halves, this.#queue.drain()].flat();
    this.#halves = [];
    return items;
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

  /** Before a span of a kept trace is lost because the queue is full, older ones go to the disk. */
  #makeRoom(bytes: number): void {
    const { queueBytes, wire } = this.#options;
    if (this.#disk === undefined || bytes > queueBytes) return;
    while (this.#queue.bytes + bytes > queueBytes && this.#queue.keptSpans > 0) {
      const taken = this.#queue.take(SPOOLED_BYTES, wire.mostItems);
      this.#disk.put(taken.filter(isKept));
      this.#queue.putBack(taken.filter((item) => !isKept(item)));
    }
  }

  /** Sends a request that was written to the disk once. */
  async #deliver(body: Uint8Array, spans: number): Promise<Delivery> {
    const { sender, wire, gzip } = this.#options;
    const posted = await post(sender, () => recompressed(body, gzip !== false), wire.categories);
    const { outcome, answer } = posted;
    this.#posted(posted);
    if (outcome.kind === "accepted") return { refused: this.#rejectedOf(spans, answer) };
    if (this.#closed) return "later";
    if (this.#pace.heed(outcome)) this.#dropSampled();
    const event = outcome.kind === "retry" ? "tracekeep.export.failed" : "tracekeep.export.refused";
    this.#log.warn(event, outcome.reason, `Spans from the spool could not be sent (${outcome.reason}).`);
    return outcome.kind === "retry" ? "later" : { refused: spans };
  }

  #refusalOf({ kept }: T): DropReason | undefined {
    if (this.#closed) return "shutdown";
    return !kept && this.#pace.isLimited ? "rate_limited" : undefined;
  }

  /** Whether what waits fills a request. */
  get #isFull(): boolean {
    return this.#queue.bytes >= this.#options.batchBytes;
  }

  get #waiting(): number {
    return this.#spansUnderWay + countSpans(this.#halves.flat()) + this.#queue.spans;
  }

  /** Begins as many requests as may be under way. */
  #send(): void {
    const { batchBytes, concurrency, wire, sender, gzip } = this.#options;
    while (this.#underWay.size < concurrency && !this.#closed) {
      const items = this.#halves.shift() ?? this.#queue.take(batchBytes, wire.mostItems);
      if (items.length === 0) return;
      this.#spansUnderWay += countSpans(items);
      const body = () => compressed(wire.encode(items), gzip !== false);
      const sending: Promise<boolean> = post(sender, body, wire.categories).then((posted) => {
        this.#underWay.delete(sending);
        this.#spansUnderWay -= countSpans(items);
        if (this.#closed) return true;
        this.#posted(posted);
        this.#settle(items, posted);
        this.#goOn();
        return posted.outcome.kind !== "retry";
      });
      this.#underWay.set(sending, items);
    }
  }

  /** Sends or waits, after a request has ended. */
  #goOn(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#waiting === this.#spansUnderWay) return;
    const { pauseMs } = this.#pace;
    if (pauseMs > 0) this.#wakeIn(pauseMs);
    else if (this.#halves.length > 0 || this.#isFull) this.#send();
    else this.#wakeIn(this.#options.intervalMs);
  }

  #wakeIn(delayMs: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#send();
    }, delayMs).unref();
  }

  #posted(posted: Posted): void {
    this.#counters.posted(posted);
    this.#options.posted?.(posted);
  }

  #settle(items: T[], posted: Posted): void {
    const { outcome, answer } = posted;
    const wasDown = this.#pace.isDown;
    this.#pace.settle(outcome);
    this.#counters.batch(outcome);
    if (this.#pace.isLimited) this.#dropSampled();
    if (outcome.kind === "retry") {
      this.#log.retried(posted, outcome.reason, countSpans(items), Math.round(this.#pace.pauseMs), wasDown);
      this.#again(items);
    } else if (wasDown) {
      this.#log.up();
      this.#disk?.wake();
    }
    if (outcome.kind === "accepted") {
      const rejected = this.#rejectedOf(countSpans(items), answer);
      this.#counters.accepted(countSpans(items) - rejected);
      this.#drop("refused", rejected, 0);
    }
    if (outcome.kind === "split") this.#split(items, outcome.reason);
    if (outcome.kind === "refused") {
      this.#drop("refused", countSpans(items), items.length);
      this.#log.warn("tracekeep.export.refused", outcome.reason, `Spans were refused (${outcome.reason}).`);
    }
  }

  /** How many of its spans the server has not taken of a request that it took. */
  #rejectedOf(spans: number, answer: HttpResponse | undefined): number {
    const { rejectedSpans, message } = answer === undefined ? NOTHING : readPartialSuccess(answer);
    const rejected = Math.min(rejectedSpans, spans);
    if (rejected > 0) {
      const what = `The server took a request, but not ${rejected} of its spans (${message.slice(0, 200)}).`;
      this.#log.warn("tracekeep.export.refused", "partial", what);
    } else if (message !== "") this.#log.note(message);
    return rejected;
  }

  /** For as long as the server takes no more, there is no room for what is only sampled. */
  #dropSampled(): void {
    const sampled = this.#queue.takeSampled();
    this.#drop("rate_limited", countSpans(sampled), sampled.length);
  }

  #again(items: readonly T[]): void {
    const stay = this.#pace.isLimited ? items.filter(isKept) : items;
    // The server has counted them itself.
    this.#drop("rate_limited", countSpans(items) - countSpans(stay), 0);
    const fits = this.#queue.bytes + countBytes(stay) <= this.#options.queueBytes;
    if (this.#disk === undefined || fits) this.#queue.putBack(stay);
    else {
      this.#disk.put(stay.filter(isKept));
      this.#queue.putBack(stay.filter((item) => !isKept(item)));
    }
  }

  #split(items: T[], reason: string): void {
    if (items.length === 1) {
      this.#count("too_large", countSpans(items), 1);
      this.#log.warn("tracekeep.export.refused", reason, `A span was refused (${reason}).`);
      return;
    }
    const half = Math.ceil(items.length / 2);
    this.#halves.push(items.slice(0, half), items.slice(half));
  }

  #drop(reason: DropReason, spans: number, items: number): void {
    if (spans === 0) return;
    this.#count(reason, spans, items);
    const warning = WARNINGS[reason];
    if (warning !== undefined) this.#log.warn("tracekeep.export.dropped", reason, warning, { reason });
  }

  /** @param items how many of them the server knows nothing of. */
  #count(reason: DropReason, spans: number, items: number): void {
    this.#counters.drop(reason, spans);
    if (items > 0) this.#options.dropped?.(reason, { spans, items });
  }
}

const NOTHING = { rejectedSpans: 0, message: "" };
