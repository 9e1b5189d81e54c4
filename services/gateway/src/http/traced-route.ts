import { isSpanContextValid, type Span, SpanKind } from "@opentelemetry/api";
import type { MiddlewareHandler } from "hono";
import { continueTrace } from "tracekeep";
import type { StreamedVariables } from "./streamed-response.ts";

/**
 * Makes a span of each request on a route, continuing the trace of the caller's headers, and names the trace
 * in the response header `x-trace-id`. The span's name holds the route, not the path: ids would make a name each.
 * A 5xx makes the span an error, with what the route threw. The span of a streamed response lasts until its end.
 */
export function tracedRoute(route: string): MiddlewareHandler<{ Variables: StreamedVariables }> {
  return async (c, next) => {
    const { method, path } = c.req;
    const settings = {
      name: `${method} ${route}`,
      kind: SpanKind.SERVER,
      attributes: {
        "http.request.method": method,
        "http.route": route,
        "url.path": path,
        "url.scheme": "http",
        "sentry.op": "http.server",
      },
    };
    const answered = Promise.withResolvers<void>();
    const request = async (span: Span) => {
      await next();
      span.setAttribute("http.response.status_code", c.res.status);
      const context = span.spanContext();
      if (isSpanContextValid(context)) c.header("x-trace-id", context.traceId);
      if (c.res.status >= 500) throw c.error ?? new Error(`${settings.name} answered ${c.res.status}`);
      answered.resolve();
      if ((await c.get("streamEnd")) === "left") span.setAttribute("http.response.status_code", 499);
    };
    const traced = continueTrace(c.req.raw.headers, settings, request).catch((error: unknown) => {
      // Thrown for the span only: the response to it is made already.
      if (!c.finalized) throw error;
    });
    await Promise.race([answered.promise, traced]);
  };
}
