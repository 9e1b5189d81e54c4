import { toOtlpJson } from "../../src/otlp/to-json.ts";
import { SAMPLE_TRACE, type SampleSpan, sampleSpan } from "../../src/testing/sample.ts";
import type { SpanRecord } from "../../src/trace/span.ts";
import { requestOf } from "../../src/trace/to-request.ts";

/** Sends spans to a viewer as an OpenTelemetry exporter does. */
export async function sendSpans(url: string, spans: readonly SpanRecord[]): Promise<void> {
  const response = await fetch(new URL("/v1/traces", url), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(toOtlpJson(requestOf(spans))),
  });
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
}

/** A trace id that differs with the number. */
export function traceIdOf(number: number): string {
  return SAMPLE_TRACE.slice(0, 24) + number.toString(16).padStart(8, "0");
}

/** Spans of a trace of their own. */
export function traceOf(number: number, ...samples: SampleSpan[]): SpanRecord[] {
  return samples.map((sample) => ({ ...sampleSpan(sample), traceId: traceIdOf(number) }));
}
