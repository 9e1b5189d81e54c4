import type { AttributeValue } from "@opentelemetry/api";
import type { RecordedSpan } from "../spans/index.ts";
import { writeAttributes, writeDoubleAttribute } from "./attributes.ts";
import { ProtobufWriter } from "./protobuf-writer.ts";

/** Field numbers of `opentelemetry.proto.trace.v1.Span` (OTLP 1.x). */
const SPAN = {
  traceId: 1,
  spanId: 2,
  traceState: 3,
  parentSpanId: 4,
  name: 5,
  kind: 6,
  startTime: 7,
  endTime: 8,
  attributes: 9,
  droppedAttributes: 10,
  events: 11,
  droppedEvents: 12,
  links: 13,
  droppedLinks: 14,
  status: 15,
  flags: 16,
} as const;
const EVENT = { time: 1, name: 2, attributes: 3 } as const;
const LINK = { traceId: 1, spanId: 2, traceState: 3, attributes: 4, flags: 6 } as const;
const STATUS = { message: 2, code: 3 } as const;

/** Bits of `flags` above the W3C trace flags: Sentry tells a segment's first span by them. */
const HAS_IS_REMOTE = 0x100;
const IS_REMOTE = 0x200;

const writer = new ProtobufWriter();

/**
 * Compiles attributes that every span carries; the result writes an ended span as the bytes of an OTLP
 * `Span` message.
 */
export function createSpanEncoder(
  constants: Readonly<Record<string, AttributeValue>>,
): (span: RecordedSpan) => Buffer {
  writer.reset();
  writeAttributes(writer, SPAN.attributes, Object.entries(constants));
  const constantBytes = writer.take();
  return (span) => encodeSpan(span, constantBytes);
}

function encodeSpan(span: RecordedSpan, constantBytes: Buffer): Buffer {
  const { trace } = span;
  writer.reset();
  writer.hex(SPAN.traceId, trace.traceId);
  writer.hex(SPAN.spanId, span.spanId);
  if (trace.traceState !== "") writer.string(SPAN.traceState, trace.traceState);
  if (span.parentSpanId !== undefined) writer.hex(SPAN.parentSpanId, span.parentSpanId);
  writer.string(SPAN.name, span.name);
  // OTLP counts kinds from 1, the API from 0.
  writer.varint(SPAN.kind, span.kind + 1);
  writer.time(SPAN.startTime, span.startTime);
  writer.time(SPAN.endTime, span.endTime ?? span.startTime);
  writeAttributes(writer, SPAN.attributes, span.attributes);
  writer.raw(constantBytes);
  if (trace.probability !== undefined) {
    writeDoubleAttribute(writer, SPAN.attributes, "sentry.client_sample_rate", trace.probability);
  }
  writeCount(SPAN.droppedAttributes, span.droppedAttributes);
  writeEvents(span);
  writeCount(SPAN.droppedEvents, span.droppedEvents);
  writeLinks(span);
  writeCount(SPAN.droppedLinks, span.droppedLinks);
  writeStatus(span);
  writer.fixed32(SPAN.flags, spanFlags(trace.sampled, span.isLocalRoot && span.parentSpanId !== undefined));
  return writer.take();
}

function spanFlags(sampled: boolean, isRemote: boolean): number {
  return (sampled ? 1 : 0) | HAS_IS_REMOTE | (isRemote ? IS_REMOTE : 0);
}

function writeCount(field: number, count: number): void {
  if (count > 0) writer.varint(field, count);
}

function writeEvents(span: RecordedSpan): void {
  for (const event of span.events) {
    const message = writer.begin(SPAN.events);
    writer.time(EVENT.time, event.time);
    writer.string(EVENT.name, event.name);
    writeAttributes(writer, EVENT.attributes, event.attributes);
    writer.end(message);
  }
}

function writeLinks(span: RecordedSpan): void {
  for (const { context, attributes } of span.links) {
    const message = writer.begin(SPAN.links);
    writer.hex(LINK.traceId, context.traceId);
    writer.hex(LINK.spanId, context.spanId);
    const traceState = context.traceState?.serialize() ?? "";
    if (traceState !== "") writer.string(LINK.traceState, traceState);
    writeAttributes(writer, LINK.attributes, attributes);
    writer.fixed32(LINK.flags, spanFlags((context.traceFlags & 1) === 1, context.isRemote === true));
    writer.end(message);
  }
}

function writeStatus(span: RecordedSpan): void {
  const { code, message } = span.status;
  if (code === 0) return;
  const status = writer.begin(SPAN.status);
  if (message !== undefined && message !== "") writer.string(STATUS.message, message);
  writer.varint(STATUS.code, code);
  writer.end(status);
}
