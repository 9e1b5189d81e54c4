export { createSpanCounters, type SpanCounters } from "./counters.ts";
