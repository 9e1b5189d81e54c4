import { createHash } from "node:crypto";
import { gunzipped, gzipped } from "../transport/gzip.ts";
import type { HttpResponse } from "../transport/http/response-reader.ts";
import { headedBy, type TransactionEvent } from "./transaction.ts";

type Post = (body: Uint8Array) => Promise<HttpResponse>;

const TOO_LARGE = 413;
/** Answers that ask for another try of the whole. */
const RETRYABLE: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** The answer that stands for all parts of an envelope, and how many spans were lost although it is a good one. */
interface Outcome {
  readonly answer: HttpResponse;
  readonly lost: number;
}

/**
 * Sends an envelope; one that the server finds too large is sent in halves, down to single spans. What is lost then
 * is told as OTLP backends tell it. Where a half is to be tried again, the whole is, with the same ids.
 */
export function splitTooLarge(post: Post): Post {
  const send = async (body: Uint8Array): Promise<Outcome> => {
    const answer = await post(body);
    if (answer.status !== TOO_LARGE) return { answer, lost: 0 };
    let accepted: HttpResponse | undefined;
    let refused = answer;
    let lost = 0;
    for (const { envelope, spans } of halve(await gunzipped(body))) {
      const half = await send(await gzipped(envelope));
      if (RETRYABLE.has(half.answer.status)) return half;
      if (isSuccess(half.answer)) accepted = half.answer;
      else refused = half.answer;
      lost += isSuccess(half.answer) ? half.lost : spans;
    }
    return { answer: accepted ?? refused, lost };
  };
  return async (body) => {
    const { answer, lost } = await send(body);
    return isSuccess(answer) && lost > 0 ? withLoss(answer, lost) : answer;
  };
}

function isSuccess({ status }: HttpResponse): boolean {
  return status >= 200 && status < 300;
}

/** OTLP's partial success. */
function withLoss(answer: HttpResponse, lost: number): HttpResponse {
  const partialSuccess = { rejectedSpans: lost, errorMessage: "too large even alone" };
  return {
    status: answer.status,
    headers: { ...answer.headers, "content-type": "application/json" },
    body: Buffer.from(JSON.stringify({ partialSuccess })),
  };
}

interface Half {
  readonly envelope: Buffer;
  readonly spans: number;
}

/** Two envelopes of one, each headed by a span of its own; none if there is but one span. */
function halve(envelope: Buffer): Half[] {
  const [header = "", , payload = ""] = envelope.toString().split("\n");
  const event = JSON.parse(payload) as TransactionEvent;
  const middle = Math.floor(event.spans.length / 2);
  const [head, ...rest] = event.spans.slice(middle);
  if (head === undefined) return [];
  return [
    writeHalf(header, { ...event, event_id: partId(event, 0), spans: event.spans.slice(0, middle) }),
    writeHalf(header, headedBy(event, head, rest, partId(event, 1))),
  ];
}

/** The same at each try. */
function partId({ event_id }: TransactionEvent, part: number): string {
  return createHash("sha256").update(`${event_id}/${part}`).digest("hex").slice(0, 32);
}

function writeHalf(header: string, event: TransactionEvent): Half {
  const payload = JSON.stringify(event);
  const lines = [
    JSON.stringify({ ...JSON.parse(header), event_id: event.event_id }),
    JSON.stringify({ type: "transaction", length: Buffer.byteLength(payload) }),
    payload,
    "",
  ];
  return { envelope: Buffer.from(lines.join("\n")), spans: event.spans.length + 1 };
}
