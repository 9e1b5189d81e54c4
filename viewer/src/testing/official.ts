import fc from "fast-check";
import root from "otlp-official/build/src/generated/root.js";

interface MessageType {
  fromObject(payload: object): object;
  encode(message: object): { finish(): Uint8Array };
  decode(bytes: Uint8Array): object;
  toObject(message: object, options: object): Record<string, unknown>;
}

// The package's types do not name its messages.
const { v1 } = (
  root as unknown as {
    opentelemetry: { proto: { collector: { trace: { v1: Record<string, MessageType> } } } };
  }
).opentelemetry.proto.collector.trace;

function messageType(name: string): MessageType {
  const type = v1[name];
  if (!type) throw new Error(`OpenTelemetry's definitions have no message ${name}`);
  return type;
}

const OfficialRequest = messageType("ExportTraceServiceRequest");
const OfficialResponse = messageType("ExportTraceServiceResponse");

/** Any export request as OpenTelemetry's definitions take it. */
export type OfficialPayload = Record<string, unknown>;

/** Decodes a request with OpenTelemetry's own definitions; absent fields get their defaults. */
export function decodeOfficial(bytes: Uint8Array): Record<string, unknown> {
  return OfficialRequest.toObject(OfficialRequest.decode(bytes), {
    longs: String,
    bytes: String,
    defaults: true,
  });
}

/** Decodes an answer with OpenTelemetry's own definitions. */
export function decodeOfficialResponse(bytes: Uint8Array): Record<string, unknown> {
  return OfficialResponse.toObject(OfficialResponse.decode(bytes), { longs: String });
}

/** Encodes with OpenTelemetry's own definitions. */
export function encodeOfficial(payload: OfficialPayload): Buffer {
  return Buffer.from(OfficialRequest.encode(OfficialRequest.fromObject(payload)).finish());
}

const id = (bytes: number) =>
  fc
    .uint8Array({ minLength: bytes, maxLength: bytes })
    .filter((value) => value.some(Boolean))
    .map((value) => Buffer.from(value));
const uint64 = fc.bigInt(0n, 2n ** 64n - 1n).map(String);
const count = fc.nat(0xffff_ffff);

const { value } = fc.letrec<{ value: object }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    fc.record({ stringValue: fc.string({ unit: "grapheme" }) }),
    fc.record({ boolValue: fc.boolean() }),
    fc.record({ intValue: fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n).map(String) }),
    fc.record({ doubleValue: fc.double({ noNaN: true }) }),
    fc.record({ bytesValue: fc.uint8Array().map((bytes) => Buffer.from(bytes)) }),
    fc.record({ arrayValue: fc.record({ values: fc.array(tie("value"), { maxLength: 3 }) }) }),
    fc.record({
      kvlistValue: fc.record({
        values: fc.array(fc.record({ key: fc.string(), value: tie("value") }), { maxLength: 3 }),
      }),
    }),
  ),
}));
const attributes = fc.array(fc.record({ key: fc.string(), value }), { maxLength: 4 });
const event = fc.record({
  timeUnixNano: uint64,
  name: fc.string(),
  attributes,
  droppedAttributesCount: count,
});
const link = fc.record({ traceId: id(16), spanId: id(8), traceState: fc.string(), attributes, flags: count });
const span = fc.record({
  traceId: id(16),
  spanId: id(8),
  parentSpanId: fc.oneof(id(8), fc.constant(Buffer.alloc(0))),
  traceState: fc.string(),
  flags: count,
  name: fc.string({ unit: "grapheme" }),
  kind: fc.integer({ min: 0, max: 5 }),
  startTimeUnixNano: uint64,
  endTimeUnixNano: uint64,
  attributes,
  droppedAttributesCount: count,
  events: fc.array(event, { maxLength: 2 }),
  droppedEventsCount: count,
  links: fc.array(link, { maxLength: 2 }),
  droppedLinksCount: count,
  status: fc.record({ code: fc.integer({ min: 0, max: 2 }), message: fc.string() }),
});
const scopeSpans = fc.record({
  scope: fc.record({ name: fc.string(), version: fc.string(), attributes }),
  spans: fc.array(span, { maxLength: 3 }),
  schemaUrl: fc.string(),
});

/** Any export request. */
export const anyPayload: fc.Arbitrary<OfficialPayload> = fc.record({
  resourceSpans: fc.array(
    fc.record({
      resource: fc.record({ attributes }),
      scopeSpans: fc.array(scopeSpans, { maxLength: 2 }),
      schemaUrl: fc.string(),
    }),
    { maxLength: 2 },
  ),
});

/** A request of one span, with the given ids (hexadecimal) and service. */
export function payloadOf(traceId: string, spanId: string, service = "shop"): OfficialPayload {
  const resource = { attributes: [{ key: "service.name", value: { stringValue: service } }] };
  const one = {
    traceId: Buffer.from(traceId, "hex"),
    spanId: Buffer.from(spanId, "hex"),
    name: "GET /things",
    kind: 2,
    startTimeUnixNano: "1767323045000000001",
    endTimeUnixNano: "1767323045001000002",
  };
  return { resourceSpans: [{ resource, scopeSpans: [{ scope: { name: "test" }, spans: [one] }] }] };
}
