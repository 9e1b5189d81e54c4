import { KEEP_KEY, traceDraw } from "../sampling/index.ts";
import type { DecisionSource, KeptAbove, LocalTrace, TraceDecision } from "../spans/index.ts";
import { Decisions } from "./decisions.ts";
import type { Departures } from "./departures.ts";
import { EntryFlag, type FlightRecord } from "./flight-record.ts";
import { countReason, createKeepCounters, type KeepCounters } from "./keep-counters.ts";
import { KeepLimit } from "./keep-limit.ts";
import { OpenCalls } from "./open-calls.ts";
import { SlidingWindow } from "./sliding-window.ts";

/** What others may ask to be kept per second: far above what is kept on our own account, so that an honest storm stays whole. */
const OUTSIDE_FACTOR = 20;
const OUTSIDE_LEAST = 1_000;
const LONGEST_REASON = 64;
/** A kept trace may send as much as this part of the record. */
const SHARE_OF_A_KEPT_TRACE = 4;
/** Entries into this process are sent until it has sent so many times that: without them the rest has no place. */
const ENTRIES_FACTOR = 2;

/** Tells the process that served a call that its trace is kept. */
export type SpreadKeep = (servedBy: number, traceId: string, decision: TraceDecision) => void;

export interface KeeperOptions {
  readonly keepErrors: boolean;
  readonly maxPerSecond: number;
  readonly record: FlightRecord;
  readonly departures: Departures;
  readonly spread: SpreadKeep;
  /** Sanitises a reason of somebody else's. */
  readonly clean: (text: string, limit?: number) => string;
  /** Milliseconds that never run backwards. */
  readonly now: () => number;
}

/** Decides which traces are kept, sends what is recorded of them, and passes the decision on. */
export class Keeper implements DecisionSource {
  readonly #options: KeeperOptions;
  /** Calls to be told if their trace is kept meanwhile. */
  readonly openCalls = new OpenCalls();
  readonly #decisions = new Decisions();
  readonly #limit: KeepLimit;
  readonly #outside: SlidingWindow;
  readonly #mostBytes: number;
  readonly counters: KeepCounters = createKeepCounters();

  constructor(options: KeeperOptions) {
    this.#options = options;
    this.#limit = new KeepLimit(options.maxPerSecond, options.now);
    this.#outside = new SlidingWindow(
      Math.max(OUTSIDE_LEAST, options.maxPerSecond * OUTSIDE_FACTOR),
      options.now,
    );
    this.#mostBytes = options.record.stats().bytes / SHARE_OF_A_KEPT_TRACE;
  }

  /**
   * A trace has entered this process.
   *
   * @param kept if the caller keeps it.
   */
  entered(trace: LocalTrace, kept: KeptAbove | undefined): void {
    trace.decisions = this;
    const unsampledBefore = this.#options.record.enter(trace);
    if (this.#decisions.get(trace.keepId) !== undefined) this.#options.record.decided(trace.keepId);
    if (kept !== undefined) this.keepFromOutside(trace.keepId, kept, trace);
    // The flag was not set before: somebody above has kept the trace since.
    else if (unsampledBefore && trace.sampled && trace.isDecidedAbove && trace.decision?.kept !== true)
      this.keepFromOutside(trace.keepId, { probability: trace.probability ?? 1, reason: "upstream" }, trace);
  }

  /** Also known after the trace has left this process. */
  decisionOn(trace: LocalTrace): TraceDecision | undefined {
    return this.#options.record.mayBeDecided(trace) ? this.#decisions.get(trace.keepId) : undefined;
  }

  /** What was decided of a trace, as far as that is remembered. */
  decisionOf(keepId: string): TraceDecision | undefined {
    return this.#decisions.get(keepId);
  }

  /** Something in the trace failed. */
  failed(trace: LocalTrace, reason = "error"): void {
    if (this.#options.keepErrors) this.keep(trace, reason);
  }

  /**
   * Keeps a trace on our own account, as far as the limit allows; true if it is kept.
   *
   * @param reason one of ours, or sanitised.
   */
  keep(trace: LocalTrace, reason: string): boolean {
    if (trace.decision !== undefined) return trace.decision.kept;
    // By its reason a kept span is told from one that was just sampled.
    const why = reason === "" ? "kept" : reason;
    if (trace.sampled) {
      // It arrives anyway, so there is nothing to refuse; those that are not sampled count without it.
      countReason(this.counters.reasons.local, why);
      trace.decided(this.#keep(trace.keepId, { probability: 1, reason: why }, this.#limit.tryTake()));
      return true;
    }
    const probability = this.#limit.admit(traceDraw(trace.keepId, KEEP_KEY));
    if (probability === undefined) {
      this.counters.refused++;
      this.#decide(trace.keepId, { kept: false, probability: 0, reason });
      return false;
    }
    countReason(this.counters.reasons.local, why);
    trace.decided(this.#keep(trace.keepId, { probability, reason: why }, true));
    return true;
  }

  /** The process dies of a failure in the trace: it is the last of its storm, and kept whatever the limit has said. */
  crashed(trace: LocalTrace): void {
    if (!this.#options.keepErrors || trace.decision?.kept === true) return;
    countReason(this.counters.reasons.local, "crash");
    trace.decided(this.#keep(trace.keepId, { probability: 1, reason: "crash" }, true));
  }

  /** The limit of the process that failed first refused the trace: it is no reason to keep it here. */
  refusedBelow(trace: LocalTrace): void {
    if (trace.decision === undefined) this.#decide(trace.keepId, { kept: false, probability: 0, reason: "" });
  }

  /**
   * Keeps a trace that another process keeps.
   *
   * @param trace the entry that is concerned, if it is known.
   * @returns `unknown` if this process has not seen the trace, as far back as it remembers.
   */
  keepFromOutside(traceId: string, keep: KeptAbove, trace?: LocalTrace): "kept" | "unknown" | "refused" {
    if (this.#decisions.get(traceId)?.kept === true) return "kept";
    if (trace === undefined && !this.#options.record.has(traceId)) return "unknown";
    if (!this.#outside.tryTake()) {
      this.counters.refusedFromOutside++;
      return "refused";
    }
    this.counters.fromOutside++;
    const reason = this.#options.clean(keep.reason, LONGEST_REASON) || "upstream";
    countReason(this.counters.reasons.remote, reason);
    const decision = this.#keep(traceId, { probability: keep.probability, reason }, false);
    trace?.decided(decision);
    return "kept";
  }

  /** Notes that a trace is kept of which nothing is recorded here, for those above. */
  keptBelow(keepId: string, { probability, reason }: KeptAbove): void {
    const why = this.#options.clean(reason, LONGEST_REASON) || "upstream";
    this.#decide(keepId, { kept: true, probability, reason: why });
  }

  /** Whether a Sentry issue may be made of a failure: issues share the limit of what is kept. */
  mayReport(traceId: string): boolean {
    const decision = this.#decisions.get(traceId);
    if (decision?.kept === false) return false;
    if (decision !== undefined && !decision.reported) {
      decision.reported = true;
      return true;
    }
    return this.#limit.tryTake();
  }

  /** Counts bytes of a kept trace; false if it has sent all it may. */
  mayAlsoSend(decision: TraceDecision, bytes: number, isEntry = false): boolean {
    const most = isEntry ? this.#mostBytes * ENTRIES_FACTOR : this.#mostBytes;
    if (decision.bytes + bytes > most) {
      decision.dropped++;
      this.counters.oversized++;
      return false;
    }
    decision.bytes += bytes;
    return true;
  }

  /** @param hasPlace it has taken a place within the limit, which a Sentry issue may use. */
  #keep(traceId: string, keep: KeptAbove, hasPlace: boolean): TraceDecision {
    this.counters.traces++;
    const decision = this.#decide(traceId, { kept: true, ...keep });
    decision.reported ||= !hasPlace;
    const served = new Set<number>();
    this.#options.record.visit(traceId, (payload, header) => {
      if (header.servedBy > 0) served.add(header.servedBy);
      if ((header.flags & EntryFlag.sent) !== 0 || !this.mayAlsoSend(decision, payload.length)) return false;
      this.#options.departures.send(payload, header, decision);
      return true;
    });
    for (const servedBy of served) this.#options.spread(servedBy, traceId, decision);
    this.openCalls.kept(traceId, decision);
    return decision;
  }

  /** Notes a decision; one that was made before is changed, since others hold it. */
  #decide(traceId: string, made: Pick<TraceDecision, "kept" | "probability" | "reason">): TraceDecision {
    const decision = this.#decisions.get(traceId) ?? { ...made, bytes: 0, dropped: 0, reported: false };
    decision.kept = made.kept;
    decision.probability = made.probability;
    decision.reason = made.reason;
    this.#decisions.set(traceId, decision);
    this.#options.record.decided(traceId);
    return decision;
  }
}
