import { LINK, ProtobufReader, SPAN, STATUS } from "../otlp/index.ts";
import { type JsonValue, readAttribute } from "./decode-attributes.ts";

/** Bit of `flags`: the parent, or what is linked, is in another process. */
const IS_REMOTE = 0x200;
const SAMPLED = 1;

export interface DecodedLink {
  readonly traceId: string;
  readonly spanId: string;
  readonly sampled: boolean;
  readonly attributes: ReadonlyMap<string, JsonValue>;
}

/** Where a span belongs. */
export interface SpanPlace {
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for none. */
  readonly parentSpanId: string;
  /** The first span of its trace in this process: it has no parent, or one in another process. */
  readonly isLocalRoot: boolean;
}

/** A span out of its OTLP bytes. Its events are left out: a Sentry transaction has no place for them. */
export interface DecodedSpan extends SpanPlace {
  readonly name: string;
  /** OTLP's kinds: 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  readonly kind: number;
  /** Microseconds since the epoch. */
  readonly start: number;
  readonly end: number;
  readonly attributes: ReadonlyMap<string, JsonValue>;
  readonly links: readonly DecodedLink[];
  /** 0 unset, 1 OK, 2 error. */
  readonly status: { readonly code: number; readonly message: string };
  readonly dropped: { readonly attributes: number; readonly events: number; readonly links: number };
}

/** Reads the place alone: all else is skipped. */
export function readPlace(bytes: Uint8Array): SpanPlace {
  const reader = new ProtobufReader(bytes);
  const place = { traceId: "", spanId: "", parentSpanId: "" };
  let flags = 0;
  while (reader.next()) {
    if (reader.field === SPAN.traceId) place.traceId = reader.hex();
    else if (reader.field === SPAN.spanId) place.spanId = reader.hex();
    else if (reader.field === SPAN.parentSpanId) place.parentSpanId = reader.hex();
    else if (reader.field === SPAN.flags) flags = reader.fixed32();
  }
  return { ...place, isLocalRoot: place.parentSpanId === "" || (flags & IS_REMOTE) !== 0 };
}

/** Reads an OTLP `Span` message. */
export function decodeSpan(bytes: Uint8Array): DecodedSpan {
  const reader = new ProtobufReader(bytes);
  const span = { name: "", kind: 0, start: 0, end: 0, status: { code: 0, message: "" } };
  const attributes = new Map<string, JsonValue>();
  const links: DecodedLink[] = [];
  const dropped = { attributes: 0, events: 0, links: 0 };
  while (reader.next()) {
    if (reader.field === SPAN.name) span.name = reader.text();
    else if (reader.field === SPAN.kind) span.kind = reader.number();
    else if (reader.field === SPAN.startTime) span.start = microseconds(reader);
    else if (reader.field === SPAN.endTime) span.end = microseconds(reader);
    else if (reader.field === SPAN.attributes) readAttribute(reader.message(), attributes);
    else if (reader.field === SPAN.links) links.push(readLink(reader.message()));
    else if (reader.field === SPAN.status) span.status = readStatus(reader.message());
    else if (reader.field === SPAN.droppedAttributes) dropped.attributes = reader.number();
    else if (reader.field === SPAN.droppedEvents) dropped.events = reader.number();
    else if (reader.field === SPAN.droppedLinks) dropped.links = reader.number();
  }
  return { ...readPlace(bytes), ...span, attributes, links, dropped };
}

/** The nearest one: the nanoseconds were made of a number that is exact to 256 of them. */
function microseconds(reader: ProtobufReader): number {
  return Number((reader.fixed64() + 500n) / 1_000n);
}

function readLink(reader: ProtobufReader): DecodedLink {
  const link = { traceId: "", spanId: "", sampled: false };
  const attributes = new Map<string, JsonValue>();
  while (reader.next()) {
    if (reader.field === LINK.traceId) link.traceId = reader.hex();
    else if (reader.field === LINK.spanId) link.spanId = reader.hex();
    else if (reader.field === LINK.attributes) readAttribute(reader.message(), attributes);
    else if (reader.field === LINK.flags) link.sampled = (reader.fixed32() & SAMPLED) !== 0;
  }
  return { ...link, attributes };
}

function readStatus(reader: ProtobufReader): DecodedSpan["status"] {
  const status = { code: 0, message: "" };
  while (reader.next()) {
    if (reader.field === STATUS.message) status.message = reader.text();
    else if (reader.field === STATUS.code) status.code = reader.number();
  }
  return status;
}
