import { Apart, halvesOf, takeOneOf } from "./apart.ts";
import { ExportQueue, type QueueRefusal } from "./export-queue.ts";
import { countBytes, countSpans, type Outgoing } from "./outgoing.ts";

export interface OutboxLimits {
  readonly queueBytes: number;
  /** Of one request. */
  readonly batchBytes: number;
  readonly mostItems: number;
}

/** What has not arrived yet: the queue, halves of what was too large for one request, what goes apart, and requests under way. */
export class Outbox<T extends Outgoing> {
  readonly queue: ExportQueue<T>;
  readonly #limits: OutboxLimits;
  #halves: T[][] = [];
  readonly #apart: Apart<T>;
  /** Each resolves to whether it is done with, one way or the other. */
  readonly #underWay = new Map<Promise<boolean>, readonly T[]>();
  #spansUnderWay = 0;

  /** @param dropped is told of every span that is not sent because of the bounds. */
  constructor(limits: OutboxLimits, dropped: (reason: QueueRefusal, spans: number) => void) {
    this.#limits = limits;
    this.queue = new ExportQueue(limits.queueBytes, limits.batchBytes, dropped);
    this.#apart = new Apart(limits.batchBytes);
  }

  /** Spans in all of these. */
  get spans(): number {
    return this.#spansUnderWay + countSpans(this.#groups) + this.queue.spans;
  }

  /** What waits for a request of its own. */
  get #groups(): T[] {
    return [...this.#halves.flat(), ...this.#apart.items];
  }

  /** Whether nothing waits for a request of its own. */
  get isIdle(): boolean {
    return this.spans === this.#spansUnderWay;
  }

  /** Whether the queue fills a request. */
  get isFull(): boolean {
    return this.queue.bytes >= this.#limits.batchBytes;
  }

  /** Whether a request should not wait for more to come. */
  get isUrgent(): boolean {
    return this.#groups.length > 0 || this.isFull;
  }

  /** The requests under way. */
  get requests(): readonly Promise<boolean>[] {
    return [...this.#underWay.keys()];
  }

  /** Takes what belongs into the next request; empty if nothing waits. */
  take(): T[] {
    const { batchBytes, mostItems } = this.#limits;
    const group = this.#halves.shift() ?? this.#apart.take();
    if (group !== undefined) return group;
    const items = this.queue.take(batchBytes, mostItems);
    return items.length > 0 ? items : (this.#apart.take() ?? []);
  }

  /** Takes a single item; empty if nothing waits. */
  takeOne(): T[] {
    const one = takeOneOf(this.#halves) ?? this.#apart.takeOne();
    return one === undefined ? this.queue.take(0, 1) : [one];
  }

  begin(request: Promise<boolean>, items: readonly T[]): void {
    this.#underWay.set(request, items);
    this.#spansUnderWay += countSpans(items);
  }

  end(request: Promise<boolean>): void {
    this.#spansUnderWay -= countSpans(this.#underWay.get(request) ?? []);
    this.#underWay.delete(request);
  }

  /** What was too large for one request goes in two; false for a single item. */
  split(items: readonly T[]): boolean {
    if (items.length === 1) return false;
    this.#halves.push(...halvesOf(items));
    return true;
  }

  /** What failed while others got through goes by itself from now on, in halves; false if there is no room for that. */
  setApart(items: readonly T[]): boolean {
    return this.#apart.add(halvesOf(items));
  }

  /** What went by itself waits for another turn as it is; false if it did not. */
  stayApart(items: T[]): boolean {
    return this.#apart.owns(items) && this.#apart.add([items]);
  }

  /** Everything, for whoever can save it; only what is under way stays counted. */
  drain(): T[] {
    const items = [
      ...this.#underWay.values(),
      ...this.#halves,
      this.#apart.drain(),
      this.queue.drain(),
    ].flat();
    this.#halves = [];
    return items;
  }

  stats() {
    return {
      queuedSpans: this.spans,
      queuedBytes: this.queue.bytes,
      queueLimitBytes: this.#limits.queueBytes,
      inFlightSpans: this.#spansUnderWay,
      inFlightBytes: countBytes([...this.#underWay.values(), this.#groups].flat()),
    };
  }
}
