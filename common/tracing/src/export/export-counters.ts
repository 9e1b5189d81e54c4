import type { SpoolStats } from "../spool/index.ts";
import type { RequestFaults } from "../transport/request-fault.ts";
import type { QueueRefusal } from "./export-queue.ts";
import type { Posted } from "./wire.ts";

/** Why spans were lost on their way out. */
export type DropReason = QueueRefusal | "refused" | "rate_limited" | "shutdown";

export interface ExportStats {
  /** Spans that the destination accepted. */
  readonly sent: number;
  readonly dropped: Readonly<Record<DropReason, number>>;
  /** Requests that have ended; failed are those that were tried again (`retried`), halved (`split`) and given up (`refused`). */
  readonly batches: Readonly<Record<BatchOutcome | "failed", number>>;
  /** Requests that were not accepted, those from the spool among them, by why; what has not happened is missing. */
  readonly faults: Readonly<Partial<RequestFaults>>;
  /** Bytes of all requests, as they went out. */
  readonly requestBytes: number;
  /** Whether the last request was accepted; undefined before the first. */
  readonly isUp: boolean | undefined;
  /** Spans that wait, those in requests under way among them. */
  readonly queuedSpans: number;
  readonly queuedBytes: number;
  /** The bound of `queuedBytes`. */
  readonly queueLimitBytes: number;
  /** Spans in requests under way, and their bytes before compression. */
  readonly inFlightSpans: number;
  readonly inFlightBytes: number;
  /** Spans of kept traces on disk, if there is a spool. */
  readonly spool?: SpoolStats & {
    /** Bytes of spans on their way to the disk. */
    readonly pendingBytes: number;
  };
}

/** What became of a request. */
export type BatchOutcome = "accepted" | "retried" | "split" | "refused";

const OUTCOMES: Readonly<Record<Posted["outcome"]["kind"], BatchOutcome>> = {
  accepted: "accepted",
  retry: "retried",
  split: "split",
  refused: "refused",
};

/** What the counters do not know themselves. */
export type Waiting = Pick<
  ExportStats,
  "queuedSpans" | "queuedBytes" | "queueLimitBytes" | "inFlightSpans" | "inFlightBytes"
>;

/** What has become of the spans for one destination. */
export class ExportCounters {
  #sent = 0;
  #saved = 0;
  readonly #batches = { accepted: 0, failed: 0, retried: 0, split: 0, refused: 0 };
  readonly #faults: Partial<RequestFaults> = {};
  #requestBytes = 0;
  #isUp: boolean | undefined;
  readonly #dropped: Record<DropReason, number> = {
    queue_full: 0,
    too_large: 0,
    refused: 0,
    rate_limited: 0,
    shutdown: 0,
  };

  /** A request has ended, with spans from the queue or the spool. */
  posted({ fault, bytes, outcome }: Posted): void {
    this.#requestBytes += bytes;
    this.#isUp = outcome.kind === "accepted";
    if (fault !== undefined) this.#faults[fault] = (this.#faults[fault] ?? 0) + 1;
  }

  /** A request with spans from the queue has ended. */
  batch({ kind }: Posted["outcome"]): void {
    this.#batches[OUTCOMES[kind]]++;
    if (kind !== "accepted") this.#batches.failed++;
  }

  accepted(spans: number): void {
    this.#sent += spans;
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

  stats(waiting: Waiting): ExportStats {
    return {
      sent: this.#sent,
      dropped: { ...this.#dropped },
      batches: { ...this.#batches },
      faults: { ...this.#faults },
      requestBytes: this.#requestBytes,
      isUp: this.#isUp,
      ...waiting,
    };
  }
}
