import { z } from "zod";
import { lenient, text } from "./lenient.ts";

export const traceId = z
  .string()
  .regex(/^(?!0{32})[0-9a-f]{32}$/i, "expected 32 hexadecimal digits, not all zero");
export const spanId = z
  .string()
  .regex(/^(?!0{16})[0-9a-f]{16}$/i, "expected 16 hexadecimal digits, not all zero");
// Sentry takes seconds since the epoch, and dates as text: UTC unless they say otherwise.
export const time = z.union([
  z.number().min(0).max(1e10),
  z.iso.datetime({ offset: true, local: true }).transform(secondsOf),
]);
const data = lenient(z.record(z.string(), z.unknown()));
export const link = z.object({ trace_id: traceId, span_id: spanId, attributes: data });
const body = {
  trace_id: traceId,
  span_id: spanId,
  parent_span_id: lenient(spanId),
  op: text,
  status: text,
  origin: text,
  data,
  links: lenient(z.array(link)),
};
const childSpan = z.object({ ...body, description: text, start_timestamp: time, timestamp: time });
/** A transaction event, as far as its spans go. */
export const transaction = z.object({
  transaction: text,
  start_timestamp: time,
  timestamp: time,
  platform: text,
  release: text,
  environment: text,
  server_name: text,
  tags: lenient(z.union([z.record(z.string(), z.unknown()), z.array(z.unknown())])),
  contexts: z.object({
    trace: z.object(body),
    otel: lenient(z.object({ resource: data })),
  }),
  spans: z.array(childSpan).nullish(),
});

/** A transaction event that was checked. */
export type Transaction = z.infer<typeof transaction>;
/** A span within one. */
export type Child = z.infer<typeof childSpan>;

/** A Date has milliseconds; the SDK for Python writes microseconds. */
function secondsOf(date: string): number {
  const [, whole = "", fraction = "", zone = "Z"] = /^(.*?)(\.\d+)?(Z|[+-]\d\d:?\d\d)?$/.exec(date) ?? [];
  return Date.parse(`${whole}${zone}`) / 1000 + Number(fraction || 0);
}
