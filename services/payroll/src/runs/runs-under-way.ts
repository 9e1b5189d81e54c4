import { setTimeout as delay } from "node:timers/promises";
import { status } from "@grpc/grpc-js";
import { ServiceError } from "@tracekeep/service";

/** How long a run is waited for that may be about to end, since its caller has left, in milliseconds. */
const WAIT_MS = 2_000;

/** Keeps a run from being made twice at once in this process. */
export class RunsUnderWay {
  readonly #ends = new Map<string, Promise<void>>();

  /**
   * Does the work of a run alone; another one with the same key has a moment to end before.
   * @throws ServiceError ABORTED if it does not
   */
  async alone(key: string, work: () => Promise<void>): Promise<void> {
    const limit = Date.now() + WAIT_MS;
    for (let end = this.#ends.get(key); end; end = this.#ends.get(key)) {
      await Promise.race([end, delay(limit - Date.now(), undefined, { ref: false })]);
      if (Date.now() >= limit) {
        throw new ServiceError(status.ABORTED, "the run is under way: repeat the request when it has ended");
      }
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#ends.set(key, promise);
    try {
      await work();
    } finally {
      this.#ends.delete(key);
      resolve();
    }
  }
}
