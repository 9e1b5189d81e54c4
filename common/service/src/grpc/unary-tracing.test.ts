import { credentials, Server, status } from "@grpc/grpc-js";
import { ProbeServiceClient, ProbeServiceService } from "@tracekeep/proto/probe/v1";
import { pino } from "pino";
import { loadTracingConfig, startTracing, withSpan } from "tracekeep";
import { startIntake } from "tracekeep-viewer";
import { expect, test } from "vitest";
import { grpcEndpoint } from "./endpoint.ts";
import { unaryCall } from "./unary-call.ts";
import { unaryHandler } from "./unary-handler.ts";

test("an unexpected error is on the server's span with its own type and message, which the caller does not see", async () => {
  await using intake = await startIntake();
  const env = { SENTRY_DSN: intake.dsn, TRACE_SAMPLE_RATE: "1" };
  const tracing = startTracing(loadTracingConfig({ serviceName: "bakery", env }));
  const server = new Server({ interceptors: tracing.serverInterceptors() });
  tracing.attach(server);
  const unimplemented = () => {};
  server.addService(ProbeServiceService, {
    unary: unaryHandler(pino({ level: "silent" }), async () => {
      throw new RangeError("oven 7 does not exist");
    }),
    clientStream: unimplemented,
    serverStream: unimplemented,
    bidi: unimplemented,
  });
  const address = await grpcEndpoint(server, { HOST: "127.0.0.1", PORT: 0 }).listen();
  const client = new ProbeServiceClient(address, credentials.createInsecure(), tracing.clientOptions());
  const scope = { signal: new AbortController().signal, deadline: Number.POSITIVE_INFINITY };
  const request = { text: "bake", count: 1 };

  const traceId = await withSpan("order", async (span) => {
    const answer = unaryCall(client, client.unary, request, { scope, timeoutMs: 10_000 });
    await expect(answer).rejects.toMatchObject({ code: status.INTERNAL, message: "internal error" });
    return span.spanContext().traceId;
  });
  client.close();
  server.forceShutdown();
  await tracing.shutdown();

  const { nodes } = await intake.waitForTrace(traceId, (trace) => trace.nodes.length === 3);
  expect(nodes.at(-1)?.span).toMatchObject({
    kind: "server",
    status: "error",
    attributes: {
      "exception.type": "RangeError",
      "exception.message": "oven 7 does not exist",
      "exception.stacktrace": expect.stringContaining("unary-tracing.test.ts"),
      "rpc.status_code": "INTERNAL",
    },
  });
});
