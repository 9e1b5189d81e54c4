import { type Child, startChild } from "./child.ts";
import type { SinkReady } from "./sink.ts";

const LOAD = new URL("./load.ts", import.meta.url);
const SINK = new URL("./sink.ts", import.meta.url);

/** The process that calls the measured services. */
export function startLoad(): Promise<Child<unknown>> {
  return startChild(LOAD, { name: "load" });
}

/** The process that stands for Sentry and for the other tracers' intakes. */
export function startSink(name: string): Promise<Child<SinkReady>> {
  return startChild<SinkReady>(SINK, { name });
}
