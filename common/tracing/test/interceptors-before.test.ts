import {
  experimental,
  Server,
  ServerCredentials,
  ServerInterceptingCall,
  type ServerInterceptor,
} from "@grpc/grpc-js";
import { ProbeServiceService } from "@tracekeep/proto/probe/v1";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Tracing } from "../src/index.ts";
import { startIntake, type TestIntake } from "./harness/intake.ts";
import { probeClient, startTestTracing } from "./harness/probe.ts";

let intake: TestIntake;
let tracing: Tracing;
let server: Server;
beforeEach(async () => {
  intake = await startIntake();
  tracing = startTestTracing(intake);
});
afterEach(async () => {
  server.forceShutdown();
  await tracing.shutdown();
  await intake.close();
});

const passThrough: ServerInterceptor = (_method, call) => new ServerInterceptingCall(call);
const overloaded: ServerInterceptor = (_method, call) =>
  new ServerInterceptingCall(call, {
    start: () => call.sendStatus({ code: 14, details: "overloaded" }),
  });

/** The text "unreadable" is no message that the server can read. */
async function callServer(
  interceptors: ServerInterceptor[],
  serverCredentials = ServerCredentials.createInsecure(),
  text = "",
): Promise<unknown> {
  server = new Server({ interceptors });
  const unary = {
    ...ProbeServiceService.unary,
    requestDeserialize(bytes: Buffer) {
      const request = ProbeServiceService.unary.requestDeserialize(bytes);
      if (request.text === "unreadable") throw new Error("no message");
      return request;
    },
  };
  server.addService({ unary }, {
    unary: (_call: unknown, callback: (error: null, answer: object) => void) =>
      callback(null, { text: "", count: 0 }),
  } as never);
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", serverCredentials, (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  const client = probeClient(tracing, `127.0.0.1:${port}`);
  const error = await new Promise((resolve) => client.unary({ text, count: 0 }, resolve));
  client.close();
  await tracing.forceFlush();
  return error;
}

const serverSpans = () => intake.spans.filter(({ kind }) => kind === 2);

test("LIFE-01: a call that a later interceptor refuses at once has its span, in the caller's trace, and its issue", async () => {
  expect(await callServer([...tracing.serverInterceptors(), overloaded])).toMatchObject({ code: 14 });
  await intake.until(() => intake.spans.length === 2 && intake.errors.length === 1, "both spans, one issue");
  const [span] = serverSpans();
  expect(span?.attributes["rpc.status_code"]).toBe("UNAVAILABLE");
  expect(span?.traceId).toBe(intake.spans.find(({ kind }) => kind === 3)?.traceId);
  expect(tracing.stats().spans.open).toBe(0);
});

test("LIFE-01: a call that an earlier interceptor refuses at once has its span, too", async () => {
  expect(await callServer([overloaded, ...tracing.serverInterceptors()])).toMatchObject({ code: 14 });
  await intake.until(() => intake.spans.length === 2, "both spans");
  expect(serverSpans().map(({ attributes }) => attributes["rpc.status_code"])).toEqual(["UNAVAILABLE"]);
});

test("LIFE-01: behind an interceptor of the server's credentials, grpc-js's own endings have their status", async () => {
  const guarded = experimental.createServerCredentialsWithInterceptors(ServerCredentials.createInsecure(), [
    passThrough,
  ]);
  const error = await callServer(tracing.serverInterceptors(), guarded, "unreadable");
  expect(error).toMatchObject({ code: 13 });
  await intake.until(() => intake.spans.length === 2, "both spans");
  expect(serverSpans().map(({ attributes }) => attributes["rpc.status_code"])).toEqual(["INTERNAL"]);
});

test("MOD-02: a call is traced once, whatever stands between two of our interceptors", async () => {
  const twice = [...tracing.serverInterceptors(), passThrough, ...tracing.serverInterceptors()];
  expect(await callServer(twice)).toBeNull();
  await intake.until(() => intake.spans.length === 2, "both spans");
  expect(serverSpans()).toHaveLength(1);
});
