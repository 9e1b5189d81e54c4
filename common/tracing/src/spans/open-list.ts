/** What may stand in a list of open things: it holds its own links. */
export interface Open<T> {
  older: T | undefined;
  newer: T | undefined;
}

/**
 * What has begun and not ended, the oldest first, up to a limit: beyond it the oldest is forgotten.
 *
 * Its members link each other, since a Set leaves the tables that it outgrows pointing at what was in
 * them: with one of these in V8's old space, thousands of ended calls live on until the next major
 * collection. What leaves here points at nothing.
 */
export class OpenList<T extends Open<T>> {
  readonly #limit: number;
  #size = 0;
  #oldest: T | undefined;
  #newest: T | undefined;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(member: T): void {
    if (this.#size >= this.#limit && this.#oldest !== undefined) this.delete(this.#oldest);
    member.older = this.#newest;
    if (this.#newest === undefined) this.#oldest = member;
    else this.#newest.newer = member;
    this.#newest = member;
    this.#size++;
  }

  /** Does nothing with what is not in the list. */
  delete(member: T): void {
    const { older, newer } = member;
    if (older === undefined && this.#oldest !== member) return;
    if (older === undefined) this.#oldest = newer;
    else older.newer = newer;
    if (newer === undefined) this.#newest = older;
    else newer.older = older;
    member.older = undefined;
    member.newer = undefined;
    this.#size--;
  }

  /** Those that are in it now: whatever is done with one of them may end others. */
  toArray(): T[] {
    const all: T[] = [];
    for (let member = this.#oldest; member !== undefined; member = member.newer) all.push(member);
    return all;
  }
}
