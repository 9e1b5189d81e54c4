import {
  DEFAULT_SHAPE_LIMITS,
  MalformedRequestError,
  OversizedRequestError,
  type ShapeLimits,
} from "./limits.ts";

/** Which fields of a message are messages themselves. */
interface Fields {
  [field: number]: Fields;
}

const leaf: Fields = {};
const anyValue: Fields = {};
const keyValue: Fields = { 2: anyValue };
anyValue[5] = { 1: anyValue };
anyValue[6] = { 1: keyValue };
const event: Fields = { 3: keyValue };
const link: Fields = { 4: keyValue };
const span: Fields = { 9: keyValue, 11: event, 13: link, 15: leaf };
const scopeSpans: Fields = { 1: { 3: keyValue }, 2: span };
const resourceSpans: Fields = { 1: { 1: keyValue }, 2: scopeSpans };
const exportRequest: Fields = { 1: resourceSpans };

/**
 * Walks the wire format without allocating, so that a small hostile body cannot make the decoder fill the heap
 * (two bytes are enough for one empty span).
 * Throws MalformedRequestError or OversizedRequestError.
 */
export function checkProtobufShape(body: Uint8Array, limits: ShapeLimits = DEFAULT_SHAPE_LIMITS): void {
  let position = 0;
  let messages = 0;

  function malformed(what: string): MalformedRequestError {
    return new MalformedRequestError(`not an OTLP trace request: ${what} at byte ${position}`);
  }

  function varint(end: number): number {
    let value = 0;
    for (let factor = 1, count = 0; count < 10; count++, factor *= 128) {
      if (position >= end) throw malformed("the message ends within a number");
      const byte = body[position++] ?? 0;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
    throw malformed("a number is longer than 10 bytes");
  }

  function skip(length: number, end: number): void {
    if (length > end - position) throw malformed("a field is longer than its message");
    position += length;
  }

  function message(end: number, fields: Fields, depth: number): void {
    if (++messages > limits.messages) {
      throw new OversizedRequestError(
        `more than ${limits.messages} messages in one request: send smaller batches`,
      );
    }
    if (depth > limits.depth) throw malformed(`nesting deeper than ${limits.depth}`);
    while (position < end) {
      const tag = varint(end);
      const field = Math.floor(tag / 8);
      if (field === 0) throw malformed("field number 0");
      switch (tag % 8) {
        case 0:
          varint(end);
          break;
        case 1:
          skip(8, end);
          break;
        case 2: {
          const length = varint(end);
          const inner = fields[field];
          if (length > end - position) throw malformed("a field is longer than its message");
          if (inner) message(position + length, inner, depth + 1);
          else skip(length, end);
          break;
        }
        case 5:
          skip(4, end);
          break;
        default:
          throw malformed(`unknown wire type ${tag % 8}`);
      }
    }
  }

  message(body.length, exportRequest, 1);
}
