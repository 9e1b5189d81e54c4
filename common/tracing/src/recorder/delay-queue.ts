/** Hands each item on when a fixed time has passed; bounded, and with one timer that keeps no process alive. */
export class DelayQueue<T> {
  readonly #delayMs: number;
  readonly #most: number;
  readonly #hand: (item: T) => void;
  #items: { readonly item: T; readonly due: number }[] = [];
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  /** @param most how many may wait; the oldest is handed on early for one more. */
  constructor(delayMs: number, most: number, hand: (item: T) => void) {
    this.#delayMs = delayMs;
    this.#most = most;
    this.#hand = hand;
  }

  push(item: T): void {
    if (this.#closed) {
      this.#hand(item);
      return;
    }
    this.#items.push({ item, due: performance.now() + this.#delayMs });
    if (this.#items.length > this.#most) this.#handOn(Math.ceil(this.#most / 8));
    this.#timer ??= this.#start(this.#delayMs);
  }

  /** Hands everything on now. */
  flush(): void {
    this.#handOn(this.#items.length);
  }

  /** Hands everything on; later items go straight through. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.flush();
  }

  #start(delayMs: number): NodeJS.Timeout {
    return setTimeout(() => this.#wake(), delayMs).unref();
  }

  #wake(): void {
    this.#timer = undefined;
    const now = performance.now();
    const waiting = this.#items.findIndex(({ due }) => due > now);
    this.#handOn(waiting < 0 ? this.#items.length : waiting);
    const [next] = this.#items;
    if (next !== undefined && !this.#closed) this.#timer ??= this.#start(Math.max(1, next.due - now));
  }

  #handOn(count: number): void {
    for (const { item } of this.#items.splice(0, count)) this.#hand(item);
  }
}
