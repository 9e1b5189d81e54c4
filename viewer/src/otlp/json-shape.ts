import {
  DEFAULT_SHAPE_LIMITS,
  MalformedRequestError,
  OversizedRequestError,
  type ShapeLimits,
} from "./limits.ts";

const [QUOTE, BACKSLASH] = [0x22, 0x5c];
const OPENERS = new Set([0x7b, 0x5b]);
const CLOSERS = new Set([0x7d, 0x5d]);

// A parsed and checked JSON object takes about four times the memory of a decoded message.
const JSON_COST = 4;

/**
 * The bounds of `checkProtobufShape` for JSON text, before it is parsed: an object or an array counts as four messages.
 * Throws MalformedRequestError or OversizedRequestError.
 */
export function checkJsonShape(body: Uint8Array, limits: ShapeLimits = DEFAULT_SHAPE_LIMITS): void {
  let messages = 0;
  let depth = 0;
  let inString = false;
  // An object and the array around it make two levels of what is one level on the wire.
  const deepest = limits.depth * 3;
  for (let index = 0; index < body.length; index++) {
    const byte = body[index] ?? 0;
    if (inString) {
      if (byte === BACKSLASH) index++;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) inString = true;
    else if (OPENERS.has(byte)) {
      messages += JSON_COST;
      if (messages > limits.messages) {
        throw new OversizedRequestError(
          `more than ${limits.messages / JSON_COST} values in one request: send smaller batches`,
        );
      }
      if (++depth > deepest)
        throw new MalformedRequestError(`nesting deeper than ${deepest} at byte ${index}`);
    } else if (CLOSERS.has(byte)) depth--;
  }
}
