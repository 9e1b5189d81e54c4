import { encodeOfficial, payloadOf } from "./official.ts";

/** Ids of the span in `SPAN_BODY`. */
export const TRACE_ID = "0af7651916cd43dd8448eb211c80319c";
export const SPAN_ID = "b7ad6b7169203331";

/** An export request of one span, encoded with OpenTelemetry's own definitions. */
export const SPAN_BODY = encodeOfficial(payloadOf(TRACE_ID, SPAN_ID));

/** Where Sentry takes traces. */
export const SENTRY_PATH = "/api/1/integration/otlp/v1/traces";

/** Headers of a protobuf trace request with the key `abc`. */
export const PROTOBUF = {
  "content-type": "application/x-protobuf",
  "x-sentry-auth": "sentry sentry_key=abc",
};

/** Posts to an intake. */
export function post(
  intake: { readonly url: string },
  path: string,
  payload: Uint8Array | string = SPAN_BODY,
  headers: Record<string, string> = PROTOBUF,
): Promise<Response> {
  const body = typeof payload === "string" ? payload : new Uint8Array(payload);
  return fetch(`${intake.url}${path}`, { method: "POST", body, headers });
}
