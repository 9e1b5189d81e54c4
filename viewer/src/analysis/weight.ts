import type { SpanRecord } from "../trace/span.ts";

/**
 * How many spans a received one stands for: one over the rate at which its trace was sampled
 * (`sentry.client_sample_rate`), which is 1 for kept traces. Counts that are sums of weights are true ones.
 */
export function weightOf(span: SpanRecord): number {
  const rate = span.attributes["sentry.client_sample_rate"];
  return typeof rate === "number" && rate > 0 && rate <= 1 ? 1 / rate : 1;
}
