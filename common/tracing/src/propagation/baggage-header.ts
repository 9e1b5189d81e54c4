import {
  type Baggage,
  type BaggageEntry,
  baggageEntryMetadataFromString,
  propagation,
} from "@opentelemetry/api";

/** Bounds of one baggage header (W3C Baggage asks for at least these). */
const MOST_MEMBERS = 64;
const MOST_BYTES = 8_192;
/** What is read of a header at all; more can only be an attack. */
const MOST_BYTES_READ = 32_768;

const SENTRY_PREFIX = "sentry-";
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\x00-\x1f\x7f]/;
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,256}$/;

/** A baggage header, split into Sentry's members and all others; a member is `key=value[;properties]` as it was sent. */
export interface BaggageHeader {
  readonly sentry: ReadonlyMap<string, string>;
  readonly others: ReadonlyMap<string, string>;
}

const EMPTY: BaggageHeader = { sentry: new Map(), others: new Map() };

/**
 * Reads the values of a `baggage` header, merged by key; the last of equal keys counts. A member that
 * is not valid is left out and costs no other one.
 */
export function parseBaggage(values: readonly string[]): BaggageHeader {
  if (values.length === 0) return EMPTY;
  const sentry = new Map<string, string>();
  const others = new Map<string, string>();
  const header = values.join(",").slice(0, MOST_BYTES_READ);
  let bytes = 0;
  for (const part of header.split(",")) {
    const at = part.indexOf("=");
    const key = part.slice(0, Math.max(at, 0)).trim();
    const value = toAscii(part.slice(at + 1).trim());
    if (!TOKEN.test(key) || CONTROL.test(value) || decodeValue(value) === undefined) continue;
    const members = key.startsWith(SENTRY_PREFIX) ? sentry : others;
    bytes += part.length + 1;
    if (bytes <= MOST_BYTES && (members.size < MOST_MEMBERS || members.has(key))) members.set(key, value);
  }
  return { sentry, others };
}

/** Percent-encodes what may not stand in a header that is passed on. */
function toAscii(value: string): string {
  return /^[\x20-\x7e]*$/.test(value)
    ? value
    : value.toWellFormed().replace(/[\u0080-\u{10ffff}]/gu, encodeURIComponent);
}

/** The value of a member, without properties, decoded; undefined if it is not valid. */
export function decodeValue(value: string): string | undefined {
  try {
    const end = value.indexOf(";");
    return decodeURIComponent((end < 0 ? value : value.slice(0, end)).trim());
  } catch {
    return undefined;
  }
}

/** Members as OpenTelemetry's Baggage, for the user to read and change. */
export function toBaggage(members: ReadonlyMap<string, string>): Baggage | undefined {
  if (members.size === 0) return undefined;
  const entries: Record<string, BaggageEntry> = Object.create(null);
  for (const [key, value] of members) {
    const at = value.indexOf(";");
    entries[key] = {
      value: decodeValue(value) ?? "",
      ...(at < 0 ? {} : { metadata: baggageEntryMetadataFromString(value.slice(at + 1).trim()) }),
    };
  }
  return propagation.createBaggage(entries);
}

/** OpenTelemetry's Baggage as members, percent-encoded, so that any text may stand in it. */
export function fromBaggage(baggage: Baggage | undefined): Map<string, string> {
  const members = new Map<string, string>();
  for (const [key, { value, metadata }] of baggage?.getAllEntries() ?? []) {
    if (!TOKEN.test(key) || typeof value !== "string" || key.startsWith(SENTRY_PREFIX)) continue;
    // Trimmed, since HTTP/2 refuses a header that ends in a space (RFC 9113, 8.2.1).
    const properties = (metadata?.toString() ?? "").trim();
    const kept = /^[\x20-\x2b\x2d-\x7e]+$/.test(properties) ? `;${properties}` : "";
    members.set(key, encodeURIComponent(value.toWellFormed()) + kept);
  }
  return members;
}

/** Joins members to a header within the bounds; Sentry's come first, since they are dropped last. */
export function formatBaggage(sentry: string, others: ReadonlyMap<string, string>): string {
  let header = sentry;
  let count = sentry === "" ? 0 : sentry.split(",").length;
  for (const [key, value] of others) {
    const member = `${key}=${value}`;
    if (count >= MOST_MEMBERS) break;
    if (header.length + member.length + 1 > MOST_BYTES) continue;
    header = header === "" ? member : `${header},${member}`;
    count++;
  }
  return header;
}

/** Members as they stand in a header. */
export function joinMembers(members: ReadonlyMap<string, string>): string {
  return Array.from(members, ([key, value]) => `${key}=${value}`).join(",");
}
