export { createSpanCounters, type SpanCounters } from "./counters.ts";
export { createTracingMetrics } from "./tracing-metrics.ts";
