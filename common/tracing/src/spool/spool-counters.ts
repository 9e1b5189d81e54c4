/** What has become of spans for one destination that went to disk. */
export interface SpoolStats {
  /** Spans that this process has written. */
  readonly written: number;
  /** Spans that this process has sent from the spool, whoever wrote them. */
  readonly sent: number;
  /** Spans that were thrown away, since they were too old. */
  readonly expired: number;
  /** Spans that the server refused when they were sent from the spool. */
  readonly refused: number;
  /** Spans that could not be written: there was no room within the bound, or the disk failed. */
  readonly full: number;
  readonly failed: number;
  /** Records that could not be read, those that were cut off by a sudden death among them. */
  readonly damaged: number;
}

export type SpoolCounters = { -readonly [Name in keyof SpoolStats]: SpoolStats[Name] };

export function createSpoolCounters(): SpoolCounters {
  return { written: 0, sent: 0, expired: 0, refused: 0, full: 0, failed: 0, damaged: 0 };
}
