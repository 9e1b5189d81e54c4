import { monitorEventLoopDelay } from "node:perf_hooks";

/** How often the event loop is looked at; each look is a wake-up. */
const RESOLUTION_MS = 20;
/** At least as long as any usual interval between two readings, so that no reader misses a delay. */
const WINDOW_MS = 60_000;

/** How late the event loop was, in seconds. */
export interface Lateness {
  readonly mean: number;
  readonly p99: number;
  readonly max: number;
}

/**
 * Watches how late the event loop is. A reading covers the last one to two minutes and changes nothing, so any number of
 * readers see the same: of two histograms, each of which begins anew when the other is a minute old, it shows the older one.
 */
export class EventLoopDelay {
  #older = startHistogram();
  #newer = startHistogram();
  readonly #turn: NodeJS.Timeout;

  constructor(windowMs = WINDOW_MS) {
    this.#turn = setInterval(() => this.#begin(), windowMs).unref();
  }

  /** undefined before the loop has been looked at for the first time. */
  read(): Lateness | undefined {
    const { count, mean, max } = this.#older;
    if (count === 0) return undefined;
    return { mean: seconds(mean), p99: seconds(this.#older.percentile(99)), max: seconds(max) };
  }

  close(): void {
    clearInterval(this.#turn);
    this.#older.disable();
    this.#newer.disable();
  }

  #begin(): void {
    const oldest = this.#older;
    oldest.reset();
    this.#older = this.#newer;
    this.#newer = oldest;
  }
}

function startHistogram() {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  return histogram;
}

/** Of nanoseconds; Node counts the time between two looks, so an idle loop would seem late. */
function seconds(nanoseconds: number): number {
  return Math.max(0, nanoseconds / 1e9 - RESOLUTION_MS / 1e3);
}
