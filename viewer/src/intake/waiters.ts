/** A condition that someone waits for: undefined until it holds. */
export type Condition<T> = () => T | undefined;

interface Waiter {
  check(): void;
  fail(error: Error): void;
}

/** Those who wait for something to arrive. */
export class Waiters {
  readonly #waiters = new Set<Waiter>();
  #over: Error | undefined;

  /**
   * Resolves to what the condition gives once it holds: it is asked now, and after each arrival.
   * Rejects with what it throws, or after timeoutMs milliseconds with what timedOut gives.
   */
  wait<T>(condition: Condition<T>, timeoutMs: number, timedOut: () => Error): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#over) {
        reject(this.#over);
        return;
      }
      const settle = () => {
        clearTimeout(timer);
        this.#waiters.delete(waiter);
      };
      const waiter: Waiter = {
        check: () => {
          const result = condition();
          if (result === undefined) return;
          settle();
          resolve(result);
        },
        fail: (error) => {
          settle();
          reject(error);
        },
      };
      const timer = setTimeout(() => waiter.fail(timedOut()), timeoutMs);
      this.#waiters.add(waiter);
      this.#check(waiter);
    });
  }

  /** Asks every condition again. */
  arrived(): void {
    for (const waiter of [...this.#waiters]) this.#check(waiter);
  }

  /** Gives up on everything, now and from now on: nothing will arrive any more. */
  failAll(error: Error): void {
    this.#over = error;
    for (const waiter of [...this.#waiters]) waiter.fail(error);
  }

  #check(waiter: Waiter): void {
    try {
      waiter.check();
    } catch (error) {
      waiter.fail(error instanceof Error ? error : new Error(String(error)));
    }
  }
}
