import type { AnyValue, ExportTraceServiceRequest, KeyValue } from "@tracekeep/proto/otlp/v1";
import { SpanKind, StatusCode } from "@tracekeep/proto/otlp/v1";
import { z } from "zod";

// Protobuf's JSON mapping: a missing field and null both mean the default.
const orDefault = <T>(schema: z.ZodType<T>, fallback: () => T) =>
  schema.nullish().transform((value): T => value ?? fallback());
const orUndefined = <T>(schema: z.ZodType<T>) =>
  schema.nullish().transform((value): T | undefined => value ?? undefined);

const text = orDefault(z.string(), () => "");
const count = orDefault(z.number().int().min(0).max(0xffff_ffff), () => 0);
const list = <T>(schema: z.ZodType<T>) => orDefault(z.array(schema), () => []);

const hexId = orDefault(
  z
    .string()
    .regex(/^([0-9a-f]{2})*$/i, "expected an id in hexadecimal digits")
    .transform((id) => Buffer.from(id, "hex")),
  () => Buffer.alloc(0),
);

const integer = (min: bigint, max: bigint) =>
  z
    .union([z.string().regex(/^-?\d{1,20}$/, "expected a whole number"), z.number().refine(Number.isInteger)])
    .transform((value) => BigInt(value))
    .refine((value) => value >= min && value <= max, `expected a whole number from ${min} to ${max}`);
const uint64 = orDefault(integer(0n, 2n ** 64n - 1n), () => 0n);
const int64 = integer(-(2n ** 63n), 2n ** 63n - 1n);

const double = z.union([
  z.number(),
  z
    .string()
    .regex(/^-?(Infinity|NaN|\d+(\.\d+)?(e[+-]?\d+)?)$/i, "expected a number")
    .transform(Number),
]);

const anyValue: z.ZodType<AnyValue> = z.object({
  stringValue: orUndefined(z.string()),
  boolValue: orUndefined(z.boolean()),
  intValue: orUndefined(int64),
  doubleValue: orUndefined(double),
  arrayValue: orUndefined(z.object({ values: z.lazy(() => list(anyValue)) })),
  kvlistValue: orUndefined(z.object({ values: z.lazy(() => attributes) })),
  bytesValue: orUndefined(z.base64().transform((value) => Buffer.from(value, "base64"))),
});
const keyValue: z.ZodType<KeyValue> = z.object({ key: text, value: orUndefined(anyValue) });
const attributes: z.ZodType<KeyValue[]> = list(keyValue);

// A value that this version does not know counts as "unspecified", as on the wire.
const oneOf = <T extends number>(values: readonly T[], fallback: T) =>
  orDefault(
    z
      .number()
      .int()
      .transform((value): T => values.find((known) => known === value) ?? fallback),
    () => fallback,
  );

const event = z.object({ timeUnixNano: uint64, name: text, attributes, droppedAttributesCount: count });
const link = z.object({
  traceId: hexId,
  spanId: hexId,
  traceState: text,
  attributes,
  droppedAttributesCount: count,
  flags: count,
});
const status = z.object({
  message: text,
  code: oneOf(Object.values(StatusCode), StatusCode.STATUS_CODE_UNSET),
});

const span = z.object({
  traceId: hexId,
  spanId: hexId,
  traceState: text,
  parentSpanId: hexId,
  name: text,
  kind: oneOf(Object.values(SpanKind), SpanKind.SPAN_KIND_UNSPECIFIED),
  startTimeUnixNano: uint64,
  endTimeUnixNano: uint64,
  attributes,
  droppedAttributesCount: count,
  events: list(event),
  droppedEventsCount: count,
  links: list(link),
  droppedLinksCount: count,
  status: orUndefined(status),
  flags: count,
});

const scope = z.object({ name: text, version: text, attributes, droppedAttributesCount: count });
const resource = z.object({ attributes, droppedAttributesCount: count });
const scopeSpans = z.object({ scope: orUndefined(scope), spans: list(span), schemaUrl: text });
const resourceSpans = z.object({
  resource: orUndefined(resource),
  scopeSpans: list(scopeSpans),
  schemaUrl: text,
});

/**
 * OTLP's JSON encoding of an export request: ids in hexadecimal, 64-bit integers as strings or numbers, enums as
 * integers, unknown fields ignored.
 */
export const jsonExportRequest: z.ZodType<ExportTraceServiceRequest> = z.object({
  resourceSpans: list(resourceSpans),
});
