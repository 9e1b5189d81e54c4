/** What a request passes on to the calls made for it. */
export interface CallScope {
  /** Fires when the caller has gone or its deadline has passed; never after the answer. */
  readonly signal: AbortSignal;
  /** When the caller stops waiting, in milliseconds since the epoch; Infinity: it set no deadline. */
  readonly deadline: number;
}
