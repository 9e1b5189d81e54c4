import type { ListedTrace, ListMessage } from "./live-list.ts";

const QUIET_MS = 1_000;

/**
 * Tells traces apart that arrive from those that were there before, and waits until each is quiet. Traces that arrived
 * while there was no connection are told, too; the viewer bounds how many there are.
 */
export class Arrivals {
  readonly #settled: (trace: ListedTrace) => void;
  /** How many spans each trace had when it was last heard of. */
  #known: Map<string, number> | undefined;
  #listing = new Map<string, number>();
  #isListing = true;
  readonly #timers = new Map<string, NodeJS.Timeout>();

  /** @param settled a trace has come, and is quiet now. */
  constructor(settled: (trace: ListedTrace) => void) {
    this.#settled = settled;
  }

  /** A connection begins: the first messages list what is there. */
  connected(): void {
    this.#isListing = true;
    this.#listing = new Map();
  }

  take({ upsert, remove, complete }: ListMessage): void {
    for (const traceId of remove) this.#listing.delete(traceId);
    for (const trace of upsert) {
      const before = this.#isListing ? this.#known?.get(trace.traceId) : undefined;
      this.#listing.set(trace.traceId, trace.spans);
      const isOld = this.#isListing && (this.#known === undefined || before === trace.spans);
      if (!isOld) this.#wait(trace);
    }
    if (complete) {
      this.#isListing = false;
      this.#known = this.#listing;
    }
  }

  close(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  #wait(trace: ListedTrace): void {
    clearTimeout(this.#timers.get(trace.traceId));
    const tell = (): void => {
      this.#timers.delete(trace.traceId);
      this.#settled(trace);
    };
    this.#timers.set(trace.traceId, setTimeout(tell, QUIET_MS));
  }
}
