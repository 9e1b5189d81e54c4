/** The ids and the decision that a caller sent. */
export interface TraceParent {
  readonly traceId: string;
  readonly spanId: string;
  /** Undefined if the header leaves the decision open (only Sentry's can). */
  readonly sampled: boolean | undefined;
}

/** Far longer than any header of a future version that may still be believed. */
const LONGEST = 512;
const FORMAT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const ZERO_TRACE = "0".repeat(32);
const ZERO_SPAN = "0".repeat(16);

/** Length of version 00, which nearly every header is. */
const LENGTH_00 = 55;

/** Reads a `traceparent` header (W3C Trace Context, level 2); undefined if it is not valid. */
export function parseTraceParent(header: string): TraceParent | undefined {
  if (header.length === LENGTH_00 && header.startsWith("00-")) return parseVersion00(header);
  if (header.length > LONGEST) return undefined;
  const [, version, traceId, spanId, flags, rest] = FORMAT.exec(header.trim()) ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  if (version === "ff" || (version === "00" && rest !== undefined)) return undefined;
  if (traceId === ZERO_TRACE || spanId === ZERO_SPAN) return undefined;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

/** The same without a regular expression: it is read once a request. */
function parseVersion00(header: string): TraceParent | undefined {
  const isValid =
    header[35] === "-" &&
    header[52] === "-" &&
    isHex(header, 3, 35) &&
    isHex(header, 36, 52) &&
    isHex(header, 53, 55);
  if (!isValid) return undefined;
  const traceId = header.slice(3, 35);
  const spanId = header.slice(36, 52);
  if (traceId === ZERO_TRACE || spanId === ZERO_SPAN) return undefined;
  // The last digit's lowest bit: letters have even codes at b, d and f.
  const last = header.charCodeAt(54);
  return { traceId, spanId, sampled: (last < 58 ? last & 1 : (last + 1) & 1) === 1 };
}

const IS_HEX = Uint8Array.from({ length: 128 }, (_, code) =>
  /[0-9a-f]/.test(String.fromCharCode(code)) ? 1 : 0,
);

function isHex(text: string, from: number, to: number): boolean {
  // All are looked at: random digits make a branch for each of them costlier than the digit.
  let others = 0;
  for (let at = from; at < to; at++) others |= (IS_HEX[text.charCodeAt(at)] ?? 0) ^ 1;
  return others === 0;
}

/** Writes a `traceparent` header, version 00. */
export function formatTraceParent(traceId: string, spanId: string, sampled: boolean): string {
  return `00-${traceId}-${spanId}-0${sampled ? 1 : 0}`;
}

/** Whether both ids are what the header formats allow: lower-case hex, not all zero. */
export function areValidIds(traceId: string, spanId: string): boolean {
  return (
    traceId !== ZERO_TRACE &&
    spanId !== ZERO_SPAN &&
    /^[0-9a-f]{32}$/.test(traceId) &&
    /^[0-9a-f]{16}$/.test(spanId)
  );
}
