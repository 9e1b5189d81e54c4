import type { FoundRecord } from "./record.ts";
import type { Spool } from "./spool.ts";

/** What has become of a request from the spool: how many of its spans the destination has refused, or that it is to be tried later. */
export type Delivery = { readonly refused: number } | "later";

export interface CourierOptions {
  readonly spool: Spool;
  /** How long after the start the directory is looked into first, in milliseconds. */
  readonly firstLookMs: number;
  /** Whether the destination may be asked now. */
  readonly isWell: () => boolean;
  /** Sends a body as it was written. Never rejects. */
  readonly deliver: (body: Uint8Array, spans: number) => Promise<Delivery>;
}

/** Others may have left something. */
const LOOK_AGAIN_MS = 10_000;

/** Sends what waits in the spool, whoever has written it, one request at a time, while the destination is well. */
export class Courier {
  readonly #options: CourierOptions;
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> | undefined;
  #closed = false;

  constructor(options: CourierOptions) {
    this.#options = options;
    this.#wakeIn(options.firstLookMs);
  }

  /** The destination is well: now is the time. */
  wake(): void {
    if (this.#round === undefined && !this.#closed) this.#begin();
  }

  /** Begins nothing any more; resolves when all that was claimed is given back. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#round;
  }

  #wakeIn(delayMs: number): void {
    this.#timer = setTimeout(() => this.wake(), delayMs).unref();
  }

  #begin(): void {
    clearTimeout(this.#timer);
    this.#round = this.#deliverAll().finally(() => {
      this.#round = undefined;
      if (!this.#closed) this.#wakeIn(LOOK_AGAIN_MS);
    });
  }

  async #deliverAll(): Promise<void> {
    while (this.#mayGoOn) {
      const claim = this.#options.spool.claim();
      if (claim === undefined) return;
      try {
        for (const record of claim.records) {
          if (!this.#mayGoOn || !claim.isHeld()) return;
          const delivery = await this.#options.deliver(record.body, record.spans);
          if (delivery === "later") return;
          claim.settle(record);
          this.#count(delivery.refused, record);
        }
      } finally {
        claim.close();
      }
    }
  }

  get #mayGoOn(): boolean {
    return !this.#closed && this.#options.isWell();
  }

  #count(refused: number, { spans }: FoundRecord): void {
    const { counters } = this.#options.spool;
    counters.sent += spans - refused;
    counters.refused += refused;
  }
}
