export { createRecorder, type Recorder } from "./create-recorder.ts";
export { EMPTY_RECORD, type FlightRecordStats } from "./flight-record.ts";
export { createKeepCounters, type KeepCounters, type Keeper } from "./keeper.ts";
export type { OpenCall } from "./open-calls.ts";
