import { countBytes, type Outgoing } from "./outgoing.ts";

/** Groups of items that failed while others got through: each is a request of its own, in turn with the queue. */
export class Apart<T extends Outgoing> {
  readonly #mostBytes: number;
  readonly #groups: T[][] = [];
  /** All that ever were here. */
  readonly #own = new WeakSet<readonly T[]>();
  #isNext = false;

  /** @param mostBytes bound of all groups together. */
  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  /** What waits here. */
  get items(): T[] {
    return this.#groups.flat();
  }

  /** Whether the group was taken from here. */
  owns(group: readonly T[]): boolean {
    return this.#own.has(group);
  }

  /** Adds groups behind the others; false if there is no room. */
  add(groups: readonly T[][]): boolean {
    if (countBytes([...this.items, ...groups.flat()]) > this.#mostBytes) return false;
    for (const group of groups) this.#own.add(group);
    this.#groups.push(...groups);
    return true;
  }

  /** The next group if it is its turn; undefined if the queue is next. */
  take(): T[] | undefined {
    const group = this.#isNext ? this.#groups.shift() : undefined;
    this.#isNext = group === undefined;
    return group;
  }

  takeOne(): T | undefined {
    return takeOneOf(this.#groups);
  }

  drain(): T[] {
    return this.#groups.splice(0).flat();
  }
}

/** Takes a single item out of the first group. */
export function takeOneOf<T>(groups: T[][]): T | undefined {
  const one = groups[0]?.shift();
  if (groups[0]?.length === 0) groups.shift();
  return one;
}

/** In two groups; a single item is one. */
export function halvesOf<T>(items: readonly T[]): T[][] {
  const half = Math.ceil(items.length / 2);
  return [items.slice(0, half), items.slice(half)].filter(({ length }) => length > 0);
}
