/** A trace that another process keeps. */
export interface KeptTrace {
  readonly traceId: string;
  readonly probability: number;
  readonly reason: string;
}

/** More in one message are for the next one. */
export const MOST_TRACES = 1_000;
const LONGEST_REASON = 64;
/** A full message has room in it, even if each character of its reasons is written as six. */
const LONGEST_MESSAGE = 524_288;

/** `tracekeep.v1.Recall/Keep`: keep these traces, as far as you have them. Both ways a message is JSON. */
export const RECALL_PATH = "/tracekeep.v1.Recall/Keep";

export function writeRequest(traces: readonly KeptTrace[]): Buffer {
  return write({
    traces: traces.map(({ traceId, probability, reason }) => [
      traceId,
      probability,
      reason.slice(0, LONGEST_REASON),
    ]),
  });
}

/** Reads a peer's request; what is not valid in it is left out. Undefined if it is no request at all. */
export function readRequest(message: Buffer): KeptTrace[] | undefined {
  const { traces } = read(message);
  if (!Array.isArray(traces)) return undefined;
  return traces.slice(0, MOST_TRACES).flatMap((entry: unknown) => {
    if (!Array.isArray(entry)) return [];
    const [traceId, probability, reason] = entry as unknown[];
    return isTraceId(traceId) && isProbability(probability) && typeof reason === "string"
      ? [{ traceId, probability, reason: reason.slice(0, LONGEST_REASON).toWellFormed() }]
      : [];
  });
}

/** The traces of the request that the answering process has never seen, as far back as it remembers. */
export function writeAnswer(unknown: readonly string[]): Buffer {
  return write({ unknown });
}

export function readAnswer(message: Buffer): ReadonlySet<string> {
  const { unknown } = read(message);
  return new Set(Array.isArray(unknown) ? unknown.slice(0, MOST_TRACES).filter(isTraceId) : []);
}

/** A probability with which something may have been kept. */
export function isProbability(value: unknown): value is number {
  return typeof value === "number" && value > 0 && value <= 1;
}

function isTraceId(value: unknown): value is string {
  return typeof value === "string" && /^[0-9a-f]{32}$/.test(value) && !/^0+$/.test(value);
}

function write(content: object): Buffer {
  return Buffer.from(JSON.stringify(content));
}

function read(message: Buffer): Record<string, unknown> {
  if (message.length > LONGEST_MESSAGE) return {};
  try {
    const content: unknown = JSON.parse(message.toString());
    return typeof content === "object" && content !== null ? (content as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
