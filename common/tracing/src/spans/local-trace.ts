import { TraceFailures } from "./trace-failures.ts";

/** What the spans of one trace share below one entry into this process. */
export class LocalTrace {
  readonly traceId: string;
  readonly sampled: boolean;
  /** The probability with which the trace was sampled, 0 to 1; undefined if the caller did not say. */
  readonly probability: number | undefined;
  /** The value of the `tracestate` header for calls below; empty for none. */
  readonly traceState: string;
  /** What has gone wrong so far below this entry. */
  readonly failures: TraceFailures = new TraceFailures();
  #samplingContext: string | (() => string);

  /** @param samplingContext the caller's, or a function that writes one when it is first needed: many traces call nobody. */
  constructor(
    traceId: string,
    sampled: boolean,
    probability: number | undefined,
    traceState: string,
    samplingContext: string | (() => string),
  ) {
    this.traceId = traceId;
    this.sampled = sampled;
    this.probability = probability;
    this.traceState = traceState;
    this.#samplingContext = samplingContext;
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
}
