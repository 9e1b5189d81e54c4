/** A keep that another process has decided on. */
export interface KeptAbove {
  readonly probability: number;
  readonly reason: string;
}

/** What was decided of a trace in this process; one object for all that hold it, so that it may change. */
export interface TraceDecision {
  /** False: the trace failed, but the limit refused to keep it. */
  kept: boolean;
  /** The probability with which a trace like this is kept; 1 outside of storms. */
  probability: number;
  /** Why it is kept: `error`, `slow`, `retry`, or what `keepTrace` was given. */
  reason: string;
  /** Bytes that were exported of it since. */
  bytes: number;
  /** A Sentry issue was made of it, which its place within the limit pays for. */
  reported: boolean;
  /** Spans that were left out, since the trace is too large. */
  dropped: number;
}
