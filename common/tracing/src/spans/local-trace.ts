import type { AttributeBlock } from "./attribute-block.ts";
import type { TraceDecision } from "./trace-decision.ts";
import { TraceFailures } from "./trace-failures.ts";

/** Knows what was decided of traces. */
export interface DecisionSource {
  decisionOn(trace: LocalTrace): TraceDecision | undefined;
}

/** How a trace comes into this process, or begins here. */
export interface TraceStart {
  readonly traceId: string;
  readonly sampled: boolean;
  /** The probability with which the trace was sampled, 0 to 1; undefined if the caller did not say. */
  readonly probability?: number | undefined;
  /** The value of the `tracestate` header for calls below; default: none. */
  readonly traceState?: string;
  /** The caller's, or a function that writes one when it is first needed, since many traces call nobody; default: empty. */
  readonly samplingContext?: string | (() => string);
  /** Default: the trace id. */
  readonly keepId?: string | undefined;
  /** False if the sampling was decided in this process; default: true. */
  readonly isDecidedAbove?: boolean;
  /** What all its spans say of the tenant, if one is known. */
  readonly tenant?: AttributeBlock | undefined;
}

/** What the spans of one trace share below one entry into this process. */
export class LocalTrace {
  readonly traceId: string;
  readonly sampled: boolean;
  readonly probability: number | undefined;
  /** Empty for none. */
  readonly traceState: string;
  readonly isDecidedAbove: boolean;
  readonly tenant: AttributeBlock | undefined;
  /**
   * The id under which it is recorded, decided on and recalled: its trace id, unless a client chose that and
   * is not trusted. Then each of its requests has an id that no client can know or repeat.
   */
  readonly keepId: string;
  /** What has gone wrong so far below this entry. */
  readonly failures: TraceFailures = new TraceFailures();
  /** Set where the trace begins in this process. */
  decisions: DecisionSource | undefined;
  /** The first span; with its end this entry is over. */
  entrySpanId = "";
  /** Where the flight record has it while it is open; -1 for nowhere. */
  slot = -1;
  generation = 0;
  /** Who served calls whose spans found no room in the record, by number. */
  servedBeyond: Set<number> | undefined;
  #decision: TraceDecision | undefined;
  #samplingContext: string | (() => string);

  constructor(start: TraceStart) {
    this.traceId = start.traceId;
    this.keepId = start.keepId ?? start.traceId;
    this.sampled = start.sampled;
    this.probability = start.probability;
    this.traceState = start.traceState ?? "";
    this.isDecidedAbove = start.isDecidedAbove ?? true;
    this.tenant = start.tenant;
    this.#samplingContext = start.samplingContext ?? "";
  }

  /** Whether each of its spans is sent at once: no failure can change what becomes of them. */
  get sendsAll(): boolean {
    return this.sampled && (this.probability === undefined || this.probability === 1);
  }

  /** What was decided of the trace beyond sampling, if anything was. */
  get decision(): TraceDecision | undefined {
    this.#decision ??= this.decisions?.decisionOn(this);
    return this.#decision;
  }

  /** Notes a decision at once: until the entry has ended it may be forgotten elsewhere. */
  decided(decision: TraceDecision): void {
    this.#decision = decision;
  }

  /** Sentry's dynamic sampling context, as members of a baggage header; made once, passed on unchanged. */
  get samplingContext(): string {
    if (typeof this.#samplingContext === "function") this.#samplingContext = this.#samplingContext();
    return this.#samplingContext;
  }
}

/** What a caller's headers say of the trace, once read. */
export interface RemoteParent {
  /** The caller's decision; undefined if it left that to us. */
  readonly sampled: boolean | undefined;
  readonly probability: number | undefined;
  readonly traceState: string;
  /** The caller's dynamic sampling context, frozen; undefined if it sent none. */
  readonly samplingContext: string | undefined;
  /** True if the decision was not believed: the one made here must not be foreseeable by the caller. */
  readonly untrusted: boolean;
  /** The trace's `keepId`, where it is not its trace id. */
  readonly keepId: string | undefined;
}
