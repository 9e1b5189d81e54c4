/** How a trace ended: it failed, only calls within it did and were coped with, or all went well. */
export type TraceStatus = "failed" | "errors" | "ok";
