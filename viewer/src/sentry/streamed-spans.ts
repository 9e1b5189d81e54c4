import { z } from "zod";
import type { SpanRecord } from "../trace/span.ts";
import { MalformedEnvelopeError, parseJson } from "./envelope.ts";
import { lenient, text } from "./lenient.ts";
import { recordOf, resourceFrom } from "./transaction.ts";
import { link, spanId, time, traceId } from "./transaction-schema.ts";

const attribute = z.object({ value: z.unknown() }).catch({ value: null });
const attributes = lenient(z.record(z.string(), attribute));
const span = z.object({
  trace_id: traceId,
  span_id: spanId,
  parent_span_id: lenient(spanId),
  name: text,
  status: text,
  start_timestamp: time,
  end_timestamp: time,
  attributes,
  links: lenient(z.array(link.extend({ attributes }))),
});
// Single spans, as browsers send them of web vitals, are of an older form without items: they are passed over.
const container = z.object({ items: z.array(span).nullish() });

/** The spans of an envelope's "span" item, as Sentry's newer SDKs stream them. Throws MalformedEnvelopeError. */
export function parseStreamedSpans(payload: Buffer): SpanRecord[] {
  const parsed = container.safeParse(parseJson(payload, "the spans"));
  if (!parsed.success) throw new MalformedEnvelopeError(`the spans: ${z.prettifyError(parsed.error)}`);
  return (parsed.data.items ?? []).map(({ name, end_timestamp, links, ...item }) => {
    const values = valuesOf(item.attributes);
    const textAt = (key: string) => (typeof values[key] === "string" ? values[key] : undefined);
    const failed = item.status === "error";
    const child = {
      ...item,
      description: name,
      timestamp: end_timestamp,
      op: textAt("sentry.op"),
      origin: textAt("sentry.origin"),
      status: failed ? (textAt("sentry.status.message") ?? "internal_error") : "ok",
      data: values,
      links: links?.map((each) => ({ ...each, attributes: valuesOf(each.attributes) })),
    };
    return recordOf(
      child,
      resourceFrom({
        service: textAt("service.name"),
        release: textAt("sentry.release"),
        environment: textAt("sentry.environment"),
      }),
    );
  });
}

function valuesOf(given: z.infer<typeof attributes>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(given ?? {}).map(([key, { value }]) => [key, value]));
}
