export interface FlightRecordStats {
  /** The bound, in bytes. */
  readonly bytes: number;
  readonly usedBytes: number;
  /** Memory of the index of its traces, which is fixed, too. */
  readonly indexBytes: number;
  /** Spans and traces that are in the record now. */
  readonly spans: number;
  readonly traces: number;
  /** Spans since the start: recorded, pushed out by younger ones, left out since their trace holds too much. */
  readonly recorded: number;
  readonly evicted: number;
  readonly oversized: number;
  /** How far back a failure can still reach, in seconds: the age of the oldest span. */
  readonly horizonSeconds: number;
}

/** The numbers of a record that does not exist. */
export const EMPTY_RECORD: FlightRecordStats = {
  bytes: 0,
  usedBytes: 0,
  indexBytes: 0,
  spans: 0,
  traces: 0,
  recorded: 0,
  evicted: 0,
  oversized: 0,
  horizonSeconds: 0,
};
