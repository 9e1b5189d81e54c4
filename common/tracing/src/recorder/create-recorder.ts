import type { SpanEncoder } from "../otlp/index.ts";
import { Departures, type ExportSpan } from "./departures.ts";
import { FlightRecord } from "./flight-record.ts";
import type { FlightRecordStats } from "./flight-record-stats.ts";
import type { KeepCounters } from "./keep-counters.ts";
import { Keeper, type SpreadKeep } from "./keeper.ts";
import { SpanRecorder, sendSampled } from "./span-recorder.ts";

export interface RecorderOptions {
  readonly keep: {
    readonly errors: boolean;
    readonly slowMs: number;
    readonly maxPerSecond: number;
    readonly recorderBytes: number;
  };
  readonly encoder: SpanEncoder;
  readonly exportSpan: ExportSpan;
  readonly spread: SpreadKeep;
  /** Sanitises a reason of somebody else's. */
  readonly clean: (text: string, limit?: number) => string;
}

/** The flight record of one tracing, with what decides on its traces. */
export interface Recorder {
  readonly keeper: Keeper;
  readonly spans: SpanRecorder;
  stats(): {
    readonly record: FlightRecordStats;
    readonly keep: Readonly<KeepCounters>;
    readonly exported: number;
    readonly kept: number;
  };
}

export function createRecorder({ keep, encoder, exportSpan, spread, clean }: RecorderOptions): Recorder {
  const now = (): number => performance.now();
  const departures = new Departures(exportSpan);
  const record = new FlightRecord({
    bytes: keep.recorderBytes,
    now,
    pushedOut: (payload, header) => sendSampled(departures, payload, header),
  });
  const keeper = new Keeper({
    keepErrors: keep.errors,
    maxPerSecond: keep.maxPerSecond,
    record,
    departures,
    spread,
    clean,
    now,
  });
  const spans = new SpanRecorder({ record, keeper, departures, encoder, keepSlowMs: keep.slowMs });
  return {
    keeper,
    spans,
    stats: () => ({
      record: record.stats(),
      keep: structuredClone(keeper.counters),
      exported: departures.exported,
      kept: departures.kept,
    }),
  };
}
