import type { ArrivedSpan } from "../../../common/tracing/test/harness/intake.ts";
import type { Behaviour } from "./behaviour.ts";

/** A request with spans, as it came. */
export interface SpanRequest {
  readonly spans: readonly ArrivedSpan[];
  /** Bytes of its body, decompressed. */
  readonly length: number;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** What the endpoint has of the request then. */
  readonly taken: readonly ArrivedSpan[];
  /** Whether the request met the fault. */
  readonly faulty: boolean;
}

export const accept = ({ spans }: SpanRequest): Answer => ({ status: 200, taken: spans, faulty: false });

/** How an endpoint with this behaviour answers; undefined for not at all. `faults` counts those before. */
export function answerTo(
  behaviour: Behaviour,
  request: SpanRequest,
  faults: number,
  isKept: (span: ArrivedSpan) => boolean,
): Answer | "trickle" | undefined {
  switch (behaviour.kind) {
    case "hang":
      return undefined;
    case "trickle":
      return "trickle";
    case "too large":
      return request.length <= behaviour.bytes ? accept(request) : { status: 413, taken: [], faulty: true };
    case "partial success":
      return faults > 0 ? accept(request) : takeSome(request, behaviour.rejected, isKept);
    case "answer":
      return scripted(behaviour, request);
    default:
      return accept(request);
  }
}

function scripted(
  { status, headers, body = "", retryAtMs }: Behaviour & { kind: "answer" },
  { spans }: SpanRequest,
): Answer {
  const when =
    retryAtMs === undefined ? {} : { "retry-after": new Date(Date.now() + retryAtMs).toUTCString() };
  const isTaken = status === 200;
  return { status, headers: { ...headers, ...when }, body, taken: isTaken ? spans : [], faulty: !isTaken };
}

function takeSome(request: SpanRequest, rejected: number, isKept: (span: ArrivedSpan) => boolean): Answer {
  const kept = request.spans.filter(isKept);
  if (kept.length < rejected) return accept(request);
  const refused = new Set(kept.slice(0, rejected));
  const taken = request.spans.filter((span) => !refused.has(span));
  return { status: 200, body: partialSuccess(rejected, "no"), taken, faulty: true };
}

/** An OTLP answer that says how many spans were not taken, and why; both less than 128. */
function partialSuccess(rejectedSpans: number, errorMessage: string): Buffer {
  const message = Buffer.from(errorMessage);
  const inner = Buffer.concat([Buffer.of(0x08, rejectedSpans, 0x12, message.length), message]);
  return Buffer.concat([Buffer.of(0x0a, inner.length), inner]);
}
