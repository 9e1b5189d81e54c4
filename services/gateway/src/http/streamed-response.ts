import type { Context } from "hono";

/** How a streamed response ended: sent to its end, or given up because the client has left. */
export type StreamEnd = "sent" | "left";

/** What a route may leave for the middleware around it. */
export interface StreamedVariables {
  /** The end of the response's body, if that is streamed; rejects with what broke it off. */
  streamEnd: Promise<StreamEnd> | undefined;
}

/** The last line of a stream that breaks off. */
type ErrorLine = (error: unknown) => object;

/**
 * Answers with one JSON object a line, read no faster than the client takes them. When the client leaves, the lines are
 * returned early; when they fail, the error is the last line, since the status has been sent.
 */
export function streamLines(
  c: Context<{ Variables: StreamedVariables }>,
  lines: AsyncGenerator<object, void, undefined>,
  errorLine: ErrorLine,
): Response {
  const end = Promise.withResolvers<StreamEnd>();
  c.set("streamEnd", end.promise);
  const encode = (line: object) => new TextEncoder().encode(`${JSON.stringify(line)}\n`);
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { value, done } = await lines.next();
          if (!done) return controller.enqueue(encode(value));
          end.resolve("sent");
        } catch (error) {
          if (c.req.raw.signal.aborted) return end.resolve("left");
          end.reject(error);
          controller.enqueue(encode(errorLine(error)));
        }
        controller.close();
      },
      async cancel() {
        end.resolve("left");
        await lines.return();
      },
    },
    { highWaterMark: 0 },
  );
  return c.body(body, 200, { "content-type": "application/x-ndjson", "cache-control": "no-store" });
}
