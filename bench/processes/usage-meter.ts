import { monitorEventLoopDelay, PerformanceObserver } from "node:perf_hooks";
import { setImmediate } from "node:timers/promises";

/** What this process has used since the meter was started. */
export interface Usage {
  /** User and system time, in microseconds. */
  readonly cpu: number;
  /** Garbage collection on the main thread, in microseconds. */
  readonly gc: number;
  /** In bytes; the heap after a full collection. */
  readonly rss: number;
  readonly heap: number;
  /** How late a timer fires, 99th percentile, in milliseconds. */
  readonly eventLoopDelay: number;
}

const DELAY_RESOLUTION_MS = 10;

/** Measures this process, which must run with `--expose-gc`. */
export class UsageMeter {
  #cpu = process.cpuUsage();
  #gc = 0;
  readonly #delay = monitorEventLoopDelay({ resolution: DELAY_RESOLUTION_MS });

  constructor() {
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) this.#gc += duration * 1_000;
    }).observe({ entryTypes: ["gc"] });
  }

  async start(): Promise<void> {
    await this.#delivery();
    this.#gc = 0;
    this.#delay.reset();
    this.#delay.enable();
    this.#cpu = process.cpuUsage();
  }

  async stop(): Promise<Usage> {
    const { user, system } = process.cpuUsage(this.#cpu);
    const { rss } = process.memoryUsage();
    this.#delay.disable();
    // What is recorded are the intervals between its timers.
    const eventLoopDelay = Math.max(0, this.#delay.percentile(99) / 1e6 - DELAY_RESOLUTION_MS);
    await this.#delivery();
    const gc = this.#gc;
    globalThis.gc?.();
    return { cpu: user + system, gc, rss, heap: process.memoryUsage().heapUsed, eventLoopDelay };
  }

  /** The observer hears of a collection a turn of the event loop later. */
  async #delivery(): Promise<void> {
    for (let turn = 0; turn < 3; turn++) await setImmediate();
  }
}
