import type { IncomingMessage } from "node:http";
import type { OtlpEncoding } from "../otlp/decode.ts";
import { HttpError } from "./http-error.ts";

/** What a path stands for. */
export interface Route {
  readonly takes: "traces" | "envelope";
  /** The Sentry project; undefined for a plain OTLP path, which needs no key. */
  readonly project: string | undefined;
}

const SENTRY_TRACES = /^\/api\/(\d+)\/integration\/otlp\/v1\/traces\/?$/;
const SENTRY_ENVELOPE = /^\/api\/(\d+)\/envelope\/?$/;
const PLAIN_TRACES = /^\/v1\/traces\/?$/;

/** Finds what a request is for. Throws HttpError 404 or 405. */
export function routeOf(method: string | undefined, url: URL): Route {
  const traces = SENTRY_TRACES.exec(url.pathname);
  const envelope = SENTRY_ENVELOPE.exec(url.pathname);
  const plain = PLAIN_TRACES.test(url.pathname);
  if (!traces && !envelope && !plain) {
    throw new HttpError(
      404,
      `nothing at ${url.pathname}: traces go to /api/PROJECT/integration/otlp/v1/traces or /v1/traces, error events to /api/PROJECT/envelope/`,
    );
  }
  if (method !== "POST")
    throw new HttpError(405, `${method} is not allowed here: use POST`, { allow: "POST" });
  return { takes: envelope ? "envelope" : "traces", project: traces?.[1] ?? envelope?.[1] };
}

/** The key that a request gives in x-sentry-auth, authorization or the query; undefined if it gives none. */
export function sentryKeyOf(request: IncomingMessage, url: URL): string | undefined {
  for (const header of [request.headers["x-sentry-auth"], request.headers.authorization]) {
    const value = String(header ?? "");
    if (!/^sentry\s/i.test(value)) continue;
    const key = /(?:^sentry\s+|[,\s])sentry_key=([^,\s]+)/i.exec(value)?.[1];
    if (!key) throw new HttpError(401, "bad x-sentry-auth header: expected `sentry sentry_key=KEY`");
    return key;
  }
  return url.searchParams.get("sentry_key") || undefined;
}

/** How the body of a trace request is encoded. Throws HttpError 415. */
export function encodingOf(request: IncomingMessage): OtlpEncoding {
  const [type = ""] = (request.headers["content-type"] ?? "").split(";");
  switch (type.trim().toLowerCase()) {
    case "application/x-protobuf":
    case "application/protobuf":
      return "protobuf";
    case "application/json":
      return "json";
    default:
      throw new HttpError(
        415,
        `content type ${JSON.stringify(type)} is not taken: use application/x-protobuf or application/json`,
      );
  }
}
