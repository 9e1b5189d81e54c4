/** Branches of kept traces in other processes. */
export interface RecallCounters {
  /** Asked to keep their part. */
  sent: number;
  /** Kept here, since a caller asked. */
  served: number;
  /** Lost: nobody could be asked, or nobody who answered had seen the trace. */
  missed: number;
}

export function createRecallCounters(): RecallCounters {
  return { sent: 0, served: 0, missed: 0 };
}
