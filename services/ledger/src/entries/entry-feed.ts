/** Tells those who follow an account that it has new entries. */
export class EntryFeed {
  readonly #watches = new Map<string, Set<EntryWatch>>();

  /** To be called once the entries are in the database. */
  posted(accountIds: Iterable<string>): void {
    for (const id of accountIds) for (const watch of this.#watches.get(id) ?? []) watch.notify();
  }

  /** Watches an account until the watch is disposed. */
  watch(accountId: string): EntryWatch {
    const watches = this.#watches.get(accountId) ?? new Set();
    this.#watches.set(accountId, watches);
    const watch = new EntryWatch(() => {
      watches.delete(watch);
      if (watches.size === 0) this.#watches.delete(accountId);
    });
    watches.add(watch);
    return watch;
  }
}

/** Use `EntryFeed.watch`. */
export class EntryWatch implements Disposable {
  readonly #end: () => void;
  #notified = Promise.withResolvers<void>();

  constructor(end: () => void) {
    this.#end = end;
  }

  notify(): void {
    this.#notified.resolve();
  }

  /**
   * Resolves when entries were posted since the last `next`, or after `limitMs` milliseconds: another instance may
   * have posted some. Rejects with the signal's reason once that fires.
   */
  async next(limitMs: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const limit = Promise.withResolvers<void>();
    const timer = setTimeout(limit.resolve, limitMs);
    const abort = () => limit.reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    try {
      await Promise.race([this.#notified.promise, limit.promise]);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
      this.#notified = Promise.withResolvers();
    }
  }

  [Symbol.dispose](): void {
    this.#end();
  }
}
