import type { Claim } from "./claim.ts";
import { FailedRecords } from "./failed-records.ts";
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

/**
 * Sends what waits in the spool, whoever has written it, one request at a time, while the destination is well. A record
 * that cannot be delivered holds no other one up: it is tried again and again, behind the others, until it is too old.
 */
export class Courier {
  readonly #options: CourierOptions;
  readonly #failed = new FailedRecords();
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> | undefined;
  #closed = false;

  constructor(options: CourierOptions) {
    this.#options = options;
    this.#wakeIn(options.firstLookMs);
  }

  /** The destination is well: now is the time. Resolves when nothing more is tried for now. */
  async wake(): Promise<void> {
    if (this.#round === undefined && !this.#closed) this.#begin();
    await this.#round;
  }

  /** Begins nothing any more; resolves when all that was claimed is given back. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#round;
  }

  #wakeIn(delayMs: number): void {
    this.#timer = setTimeout(() => void this.wake(), delayMs).unref();
  }

  #begin(): void {
    clearTimeout(this.#timer);
    this.#round = this.#deliverAll().finally(() => {
      this.#round = undefined;
      if (!this.#closed) this.#wakeIn(LOOK_AGAIN_MS);
    });
  }

  /** A failure ends the round: the destination may be down. What has failed comes after all others in the next one. */
  async #deliverAll(): Promise<void> {
    const seen = new Set<string>();
    while (this.#mayGoOn) {
      const claim = this.#options.spool.claim((id) => !seen.has(id));
      if (claim === undefined) break;
      seen.add(claim.id);
      const untried = claim.records.filter((record) => !this.#failed.has(claim, record));
      if (!(await this.#deliverOf(claim, untried))) return;
    }
    for (const file of this.#failed.files) {
      if (!this.#mayGoOn) return;
      const claim = this.#options.spool.claim((id) => id === file);
      // Others send it, or have sent it.
      if (claim === undefined) this.#failed.forget(file);
      else if (!(await this.#deliverOf(claim, this.#failed.among(claim)))) return;
    }
  }

  /** Sends records of a file; false if one could not be delivered now. */
  async #deliverOf(claim: Claim, records: readonly FoundRecord[]): Promise<boolean> {
    try {
      for (const record of records) {
        if (!this.#mayGoOn || !claim.isHeld()) return false;
        const delivery = await this.#options.deliver(record.body, record.spans);
        if (delivery === "later") {
          this.#failed.add(claim, record);
          return false;
        }
        this.#failed.delete(claim, record);
        claim.settle(record);
        this.#count(delivery.refused, record);
      }
      return true;
    } finally {
      claim.close();
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
