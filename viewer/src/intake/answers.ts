import type { ServerResponse } from "node:http";
import { ExportTraceServiceResponse } from "@tracekeep/proto/otlp/v1";
import type { OtlpEncoding } from "../otlp/decode.ts";
import type { HttpError } from "./http-error.ts";
import type { ScriptedAnswer } from "./script.ts";

/** Answers a trace request: all spans taken, or how many were not. */
export function answerExport(response: ServerResponse, encoding: OtlpEncoding, rejected: number): void {
  const errorMessage = "spans need a trace id of 16 bytes and a span id of 8 bytes, neither all zero";
  if (encoding === "json") {
    const partialSuccess = rejected > 0 ? { rejectedSpans: String(rejected), errorMessage } : undefined;
    answerJson(response, 200, { partialSuccess });
    return;
  }
  const message = ExportTraceServiceResponse.fromPartial(
    rejected > 0 ? { partialSuccess: { rejectedSpans: BigInt(rejected), errorMessage } } : {},
  );
  response.writeHead(200, { "content-type": "application/x-protobuf" });
  response.end(ExportTraceServiceResponse.encode(message).finish());
}

/** Answers as Sentry does to an envelope. */
export function answerEnvelope(response: ServerResponse, eventId: string | undefined): void {
  answerJson(response, 200, { id: eventId });
}

/** A schema may find a fault in each of thousands of spans. */
const LONGEST_REASON = 2_000;

/** Answers with the reason why a request was not taken. */
export function answerError(response: ServerResponse, error: HttpError): void {
  answerJson(
    response,
    error.status,
    { detail: error.message.slice(0, LONGEST_REASON), causes: [] },
    error.headers,
  );
}

/** Answers as a test wants it. */
export function answerScripted(response: ServerResponse, answer: ScriptedAnswer): void {
  if (answer === "hang") return;
  response.writeHead(answer.status, answer.headers);
  response.end(answer.body);
}

function answerJson(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): void {
  if (response.headersSent) return;
  response.writeHead(status, { ...headers, "content-type": "application/json" });
  response.end(JSON.stringify(body));
}
