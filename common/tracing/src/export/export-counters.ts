import type { SpoolStats } from "../spool/index.ts";
import type { QueueRefusal } from "./export-queue.ts";

/** Why spans were lost on their way out. */
export type DropReason = QueueRefusal | "refused" | "rate_limited" | "shutdown";

export interface ExportStats {
  /** Spans that the destination accepted. */
  readonly sent: number;
  readonly dropped: Readonly<Record<DropReason, number>>;
  readonly batches: { readonly accepted: number; readonly failed: number };
  readonly queuedSpans: number;
  readonly queuedBytes: number;
  /** Spans of kept traces on disk, if there is a spool. */
  readonly spool?: SpoolStats;
}

/** What has become of the spans for one destination. */
export class ExportCounters {
  #sent = 0;
  #saved = 0;
  readonly #batches = { accepted: 0, failed: 0 };
  readonly #dropped: Record<DropReason, number> = {
    queue_full: 0,
    too_large: 0,
    refused: 0,
    rate_limited: 0,
    shutdown: 0,
  };

  accepted(spans: number): void {
    this.#batches.accepted++;
    this.#sent += spans;
  }

  failed(): void {
    this.#batches.failed++;
  }

  drop(reason: DropReason, spans: number): void {
    this.#dropped[reason] += spans;
  }

  /** Spans that went to disk; less than none for those that did not come so far. */
  saved(spans: number): void {
    this.#saved += spans;
  }

  /** Spans that wait no more. */
  get finished(): number {
    return this.#sent + this.#saved + Object.values(this.#dropped).reduce((sum, count) => sum + count, 0);
  }

  stats(queuedSpans: number, queuedBytes: number): ExportStats {
    return {
      sent: this.#sent,
      dropped: { ...this.#dropped },
      batches: { ...this.#batches },
      queuedSpans,
      queuedBytes,
    };
  }
}
