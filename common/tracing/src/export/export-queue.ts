import type { Outgoing } from "./outgoing.ts";

/** Why something may not wait: there is no room now, or it is larger than any request may be. */
export type QueueRefusal = "queue_full" | "too_large";

/** What waits to be sent, bounded in bytes: kept traces first, each lane in the order of coming. */
export class ExportQueue<T extends Outgoing> {
  readonly #limit: number;
  readonly #longest: number;
  readonly #dropped: (reason: QueueRefusal, spans: number) => void;
  readonly #kept = new Lane<T>();
  readonly #sampled = new Lane<T>();

  /** @param dropped is told of every span that is not sent because of the bounds. */
  constructor(
    limitBytes: number,
    batchBytes: number,
    dropped: (reason: QueueRefusal, spans: number) => void,
  ) {
    this.#limit = limitBytes;
    this.#longest = Math.min(limitBytes, batchBytes);
    this.#dropped = dropped;
  }

  get bytes(): number {
    return this.#kept.bytes + this.#sampled.bytes;
  }

  get spans(): number {
    return this.#kept.spans + this.#sampled.spans;
  }

  get keptSpans(): number {
    return this.#kept.spans;
  }

  add(item: T): void {
    if (item.bytes.length > this.#longest) this.#dropped("too_large", item.spans);
    else if (this.#makeRoom(item)) this.#laneOf(item).items.push(item);
    else this.#dropped("queue_full", item.spans);
  }

  /** Puts back what could not be sent, before all others. */
  putBack(items: readonly T[]): void {
    // Sampled ones first: those of kept traces may push them out again.
    for (const kept of [false, true]) {
      const back: T[] = [];
      for (const item of items.toReversed()) {
        if (item.kept !== kept) continue;
        if (this.#makeRoom(item)) {
          this.#laneOf(item);
          back.push(item);
        } else this.#dropped("queue_full", item.spans);
      }
      // All at once: a long queue would be moved for each, which takes seconds at 64 MiB.
      const lane = kept ? this.#kept : this.#sampled;
      lane.items = [...back.reverse(), ...lane.items];
    }
  }

  /** Takes up to `most` bytes and `mostItems`, and one at least: the oldest of kept traces, then the oldest of the others. */
  take(most: number, mostItems: number): T[] {
    const taken = this.#kept.take(most, mostItems, true);
    const left = most - taken.reduce((sum, { bytes }) => sum + bytes.length, 0);
    return [...taken, ...this.#sampled.take(left, mostItems - taken.length, taken.length === 0)];
  }

  /** Takes all that is only sampled. */
  takeSampled(): T[] {
    return this.#sampled.takeAll();
  }

  /** Everything that waits, for whoever can save it; the queue is empty then. */
  drain(): T[] {
    return [...this.#kept.takeAll(), ...this.#sampled.takeAll()];
  }

  #laneOf(item: T): Lane<T> {
    const lane = item.kept ? this.#kept : this.#sampled;
    lane.bytes += item.bytes.length;
    lane.spans += item.spans;
    return lane;
  }

  /** A kept trace pushes sampled ones out, the oldest first. */
  #makeRoom(item: T): boolean {
    const excess = this.bytes + item.bytes.length - this.#limit;
    if (excess <= 0) return true;
    if (!item.kept || this.#sampled.bytes < excess) return false;
    for (let freed = 0; freed < excess; ) {
      const [oldest] = this.#sampled.take(0, 1, true);
      if (oldest === undefined) break;
      freed += oldest.bytes.length;
      this.#dropped("queue_full", oldest.spans);
    }
    return true;
  }
}

class Lane<T extends Outgoing> {
  items: T[] = [];
  bytes = 0;
  spans = 0;

  take(most: number, mostItems: number, atLeastOne: boolean): T[] {
    let bytes = 0;
    let count = 0;
    for (const item of this.items) {
      if (count >= mostItems || (bytes + item.bytes.length > most && !(atLeastOne && count === 0))) break;
      bytes += item.bytes.length;
      count++;
    }
    const taken = this.items.splice(0, count);
    this.bytes -= bytes;
    for (const { spans } of taken) this.spans -= spans;
    return taken;
  }

  takeAll(): T[] {
    return this.take(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, false);
  }
}
