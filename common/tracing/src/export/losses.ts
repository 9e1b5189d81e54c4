import type { HttpResponse } from "../transport/http/response-reader.ts";
import type { DropReason, ExportCounters } from "./export-counters.ts";
import type { ExportLog } from "./export-log.ts";
import { readPartialSuccess } from "./partial-success.ts";

/** Takes what is lost: so many spans in so many items. */
export type DropListener = (
  reason: DropReason | "spool" | "undeliverable",
  lost: { readonly spans: number; readonly items: number },
) => void;

/** What is worth a line in the log. */
const WARNINGS: Readonly<Partial<Record<DropReason, string>>> = {
  queue_full: "The export queue is full: spans are dropped.",
  too_large: "A span is larger than TRACE_EXPORT_BATCH_BYTES: it is dropped.",
  rate_limited: "The server takes no more for now: sampled spans are dropped, those of kept traces wait.",
};
const LONGEST_REASON = 200;
const NOTHING = { rejectedSpans: 0, message: "" };

/** Counts what does not arrive, and tells of it. */
export class Losses {
  readonly #counters: ExportCounters;
  readonly #log: ExportLog;
  readonly #listener: DropListener | undefined;

  constructor(counters: ExportCounters, log: ExportLog, listener: DropListener | undefined) {
    this.#counters = counters;
    this.#log = log;
    this.#listener = listener;
  }

  /** @param items how many of them the server knows nothing of. */
  drop(reason: DropReason, spans: number, items: number): void {
    if (spans === 0) return;
    this.count(reason, spans, items);
    const warning = WARNINGS[reason];
    if (warning !== undefined) this.#log.warn("tracekeep.export.dropped", reason, warning, { reason });
  }

  /** The same, where the log has it already. */
  count(reason: DropReason, spans: number, items: number): void {
    this.#counters.drop(reason, spans);
    if (items > 0) this.#listener?.(reason, { spans, items });
  }

  /** What failed again and again while others got through: whether the server knows of it, nobody knows. */
  givenUp(spans: number, items: number): void {
    this.#counters.drop("refused", spans);
    this.#listener?.("undeliverable", { spans, items });
  }

  /** Spans that are lost on the disk; they have been counted as saved. */
  expired(spans: number): void {
    this.#listener?.("spool", { spans, items: 1 });
  }

  /** How many of its spans the server has not taken of a request that it took. */
  rejectedOf(spans: number, answer: HttpResponse | undefined): number {
    const { rejectedSpans, message } = answer === undefined ? NOTHING : readPartialSuccess(answer);
    const rejected = Math.min(rejectedSpans, spans);
    if (rejected > 0) {
      const why = message.slice(0, LONGEST_REASON);
      const what = `The server took a request, but not ${rejected} of its spans (${why}).`;
      this.#log.warn("tracekeep.export.refused", "partial", what);
    } else if (message !== "") this.#log.note(message);
    return rejected;
  }
}
