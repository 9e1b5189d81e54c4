import type { AttributeValue } from "@opentelemetry/api";
import { withProbability } from "../propagation/index.ts";
import type { Sanitizer } from "../sanitize/index.ts";
import type { RecordedSpan } from "../spans/index.ts";
import { writeAttribute, writeAttributes } from "./attributes.ts";
import { ProtobufWriter } from "./protobuf-writer.ts";
import { EVENT, LINK, SPAN, STATUS } from "./span-fields.ts";
import { spanFlags } from "./span-flags.ts";

/** What has to be known of a span's bytes to complete them. */
export const SpanBit = {
  /** The span's parent is in another process. */
  remoteParent: 4,
  /** The bytes hold a `trace_state` already, since others have a part in it. */
  traceState: 8,
  /** And in it a place for the probability. */
  threshold: 16,
} as const;

/** `ot=th:` and its digits, and nothing of anybody else: written on completion. */
const OWN_TRACE_STATE = /^ot=th:[0-9a-f]{14}$/;

const writer = new ProtobufWriter();

/** Writes ended spans as bytes that `completeSpan` makes an OTLP `Span` message of. */
export interface SpanEncoder {
  /**
   * The bytes are valid until the next call.
   *
   * @param missing spans of the trace that were left out, to be told on this one.
   */
  encode(span: RecordedSpan, missing: number): Uint8Array;
  /** The bits of what was encoded last. */
  bits(): number;
}

/** Compiles attributes that every span carries. */
export function createSpanEncoder(constants: Readonly<Record<string, AttributeValue>>): SpanEncoder {
  writer.reset();
  writeAttributes(writer, SPAN.attributes, Object.entries(constants));
  const constantBytes = writer.take();
  let bits = 0;
  return {
    encode(span, missing) {
      bits = encodeSpan(span, missing, constantBytes);
      return writer.view();
    },
    bits: () => bits,
  };
}

function encodeSpan(span: RecordedSpan, missing: number, constantBytes: Buffer): number {
  const { trace } = span;
  writer.reset();
  // Both ids come first: what is behind them has a fixed place.
  writer.hex(SPAN.traceId, trace.traceId);
  writer.hex(SPAN.spanId, span.spanId);
  const bits = span.isLocalRoot && span.parentSpanId !== undefined ? SpanBit.remoteParent : 0;
  const stateBits = writeTraceState(trace, span.environment.sanitizer);
  if (span.parentSpanId !== undefined) writer.hex(SPAN.parentSpanId, span.parentSpanId);
  writer.string(SPAN.name, span.name);
  // OTLP counts kinds from 1, the API from 0.
  writer.varint(SPAN.kind, span.kind + 1);
  writer.time(SPAN.startTime, span.startTime);
  writer.time(SPAN.endTime, span.endTime ?? span.startTime);
  for (const block of span.blocks) writer.raw(block.bytes);
  span.ownAttributes.forEach(writeOwn);
  writer.raw(constantBytes);
  if (missing > 0) writeAttributes(writer, SPAN.attributes, [["tracekeep.dropped_spans", missing]]);
  writeCount(SPAN.droppedAttributes, span.droppedAttributes);
  writeEvents(span);
  writeCount(SPAN.droppedEvents, span.droppedEvents);
  writeLinks(span);
  writeCount(SPAN.droppedLinks, span.droppedLinks);
  writeStatus(span);
  return bits | stateBits;
}

/** For each one of a map, which makes no pairs to be thrown away as a loop over it does (380 bytes a span). */
function writeOwn(value: AttributeValue, key: string): void {
  writeAttribute(writer, SPAN.attributes, key, value);
}

/** A state in which others have a part is written now, with fourteen digits for what may still change. */
function writeTraceState(
  { traceState: travelling, sampled, probability }: RecordedSpan["trace"],
  sanitizer: Sanitizer,
): number {
  if (travelling === "" || OWN_TRACE_STATE.test(travelling)) return 0;
  const traceState = withoutSecrets(travelling, sanitizer);
  if (traceState === "" || OWN_TRACE_STATE.test(traceState)) return 0;
  if (sampled && probability === undefined) {
    writer.string(SPAN.traceState, traceState);
    return SpanBit.traceState;
  }
  writer.string(SPAN.traceState, withProbability(traceState, probability ?? 1));
  return SpanBit.traceState | SpanBit.threshold;
}

/** The state that was looked at last: spans of a trace end one after the other. */
let looked = { state: "", recorded: "", sanitizer: undefined as Sanitizer | undefined };

/** Members are others', who may have put anything into them: one with a secret travels on, but is not recorded. */
function withoutSecrets(state: string, sanitizer: Sanitizer): string {
  if (state !== looked.state || sanitizer !== looked.sanitizer)
    looked = { state, recorded: cleanMembers(state, sanitizer), sanitizer };
  return looked.recorded;
}

function cleanMembers(state: string, { text }: Sanitizer): string {
  if (text(state) === state) return state;
  const members = state.split(",");
  return members.filter((member) => SAMPLING_STATE.test(member) || text(member) === member).join(",");
}

/** Its digits may look like those of a card. */
const SAMPLING_STATE = /^ot=(?:(?:th|rv):[0-9a-f]{1,14}(?:;|$))+$/i;

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
    const traceState = withoutSecrets(context.traceState?.serialize() ?? "", span.environment.sanitizer);
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
