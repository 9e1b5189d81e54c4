import { durations } from "@tracekeep/service";
import type { MiddlewareHandler } from "hono";
import { routePath } from "hono/route";
import type { StreamedVariables } from "./streamed-response.ts";

/** Others become `_OTHER`: a client must not make a series each. */
const METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/**
 * Measures each request, as `http.server.request.duration`, a streamed response until its end; nothing where nobody
 * collects metrics. To stand before all routes.
 */
export function requestDurations(): MiddlewareHandler<{ Variables: StreamedVariables }> {
  const histogram = durations("http.server.request.duration", "Duration of requests that were answered");
  if (histogram === undefined) return (_, next) => next();
  return async (c, next) => {
    const began = performance.now();
    await next();
    const route = routePath(c, -1);
    const { status } = c.res;
    const { method } = c.req;
    const record = (error: string | undefined): void =>
      histogram.record((performance.now() - began) / 1_000, {
        "http.request.method": METHODS.has(method) ? method : "_OTHER",
        "url.scheme": "http",
        "http.response.status_code": status,
        // Not found: the path is the client's own.
        ...(route.includes("*") ? {} : { "http.route": route }),
        ...(error === undefined ? {} : { "error.type": error }),
      });
    const end = c.get("streamEnd");
    if (end === undefined) record(status >= 500 ? String(status) : undefined);
    else
      end.then(
        () => record(undefined),
        () => record("stream"),
      );
  };
}
