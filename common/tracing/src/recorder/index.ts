export { createRecorder, type Recorder } from "./create-recorder.ts";
export { EMPTY_RECORD, type FlightRecordStats } from "./flight-record-stats.ts";
export { createKeepCounters, type KeepCounters } from "./keep-counters.ts";
export type { Keeper } from "./keeper.ts";
export type { OpenCall } from "./open-calls.ts";
