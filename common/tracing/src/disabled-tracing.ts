import { INVALID_SPAN_CONTEXT, type Span, trace } from "@opentelemetry/api";
import { createSpanCounters } from "./metrics/index.ts";
import { createRecallCounters } from "./recall/index.ts";
import { createKeepCounters, EMPTY_RECORD } from "./recorder/index.ts";
import type { Tracing } from "./tracing.ts";

/** Tracing that does nothing: no spans, headers, timers or connections. */
export function createDisabledTracing(): Tracing {
  const span = trace.wrapSpanContext(INVALID_SPAN_CONTEXT);
  return {
    enabled: false,
    serverInterceptors: () => [],
    attach() {},
    clientOptions: (own) => own ?? {},
    clientInterceptors: () => [],
    withSpan: <T>(_name: string, ...rest: unknown[]) => (rest.at(-1) as (span: Span) => T)(span),
    keepTrace: () => false,
    continueTrace: (_carrier, _settings, fn) => fn(span),
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
    stats: () => ({
      spans: { ...createSpanCounters(), open: 0, exported: 0 },
      processing: { seconds: 0 },
      record: EMPTY_RECORD,
      kept: { ...createKeepCounters(), spans: 0 },
      recalls: createRecallCounters(),
      errors: { reported: 0, dropped: 0, limited: 0, held: 0, failed: 0 },
      export: {},
    }),
  };
}
