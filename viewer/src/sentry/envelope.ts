import { z } from "zod";
import { checkJsonShape } from "../otlp/json-shape.ts";

/** One item of a Sentry envelope. */
export interface EnvelopeItem {
  /** "event", "transaction", "client_report", "session", ... */
  readonly type: string;
  readonly payload: Buffer;
}

/** A Sentry envelope, taken apart. */
export interface Envelope {
  readonly eventId: string | undefined;
  readonly dsn: string | undefined;
  readonly items: readonly EnvelopeItem[];
}

/** A body that is not a Sentry envelope. */
export class MalformedEnvelopeError extends Error {
  override name = "MalformedEnvelopeError";
}

const envelopeHeader = z.object({ event_id: z.string().nullish(), dsn: z.string().nullish() });
const itemHeader = z.object({ type: z.string(), length: z.number().int().nonnegative().nullish() });
const NEWLINE = 0x0a;
const MAX_ITEMS = 1000;

/**
 * Takes an envelope apart: a header line, then for each item a header line and a payload of the length that the
 * header gives, or up to the end of the line.
 * Throws MalformedEnvelopeError.
 */
export function parseEnvelope(body: Buffer): Envelope {
  let position = 0;

  function line(): Buffer {
    const newline = body.indexOf(NEWLINE, position);
    const end = newline === -1 ? body.length : newline;
    const bytes = body.subarray(position, end);
    position = Math.min(end + 1, body.length);
    return bytes;
  }

  const header = parseLine(line(), envelopeHeader, "the envelope's header");
  const items: EnvelopeItem[] = [];
  while (position < body.length) {
    if (body[position] === NEWLINE) {
      position++;
      continue;
    }
    if (items.length === MAX_ITEMS) throw new MalformedEnvelopeError(`more than ${MAX_ITEMS} items`);
    const name = `the header of item ${items.length + 1}`;
    const { type, length } = parseLine(line(), itemHeader, name);
    if (typeof length !== "number") {
      items.push({ type, payload: line() });
      continue;
    }
    if (length > body.length - position) {
      throw new MalformedEnvelopeError(`${name} gives ${length} bytes, ${body.length - position} are left`);
    }
    items.push({ type, payload: body.subarray(position, position + length) });
    position += length;
  }
  return { eventId: header.event_id ?? undefined, dsn: header.dsn ?? undefined, items };
}

function parseLine<T>(bytes: Buffer, schema: z.ZodType<T>, name: string): T {
  const parsed = schema.safeParse(parseJson(bytes, name));
  if (!parsed.success) throw new MalformedEnvelopeError(`${name}: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/**
 * Parses JSON that a sender wrote. Throws MalformedEnvelopeError that says what is not JSON, and what `checkJsonShape`
 * throws of JSON that would take too much memory.
 */
export function parseJson(bytes: Buffer, name: string): unknown {
  checkJsonShape(bytes);
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch (error) {
    throw new MalformedEnvelopeError(`${name} is not JSON`, { cause: error });
  }
}
