import { once } from "node:events";
import { credentials, status } from "@grpc/grpc-js";
import {
  ProbeServiceClient,
  ProbeServiceService,
  type UnaryRequest,
  type UnaryResponse,
} from "@tracekeep/proto/probe/v1";
import { pino } from "pino";
import { expect, onTestFinished, test } from "vitest";
import { startGrpcServer } from "../testing/grpc-server.ts";
import type { CallScope } from "./call-scope.ts";
import { ServiceError } from "./errors.ts";
import { unaryCall } from "./unary-call.ts";
import { unaryHandler } from "./unary-handler.ts";

type Handler = (request: UnaryRequest, scope: CallScope) => Promise<UnaryResponse>;

const hello: UnaryRequest = { text: "hello", count: 1 };
const forever = new AbortController().signal;

/** A client of a server whose Unary method is the handler; what the server logs lands in `log`. */
async function probe(handler: Handler, log: string[] = []) {
  const logger = pino({}, { write: (line) => void log.push(line) });
  const unimplemented = () => {};
  const server = await startGrpcServer(ProbeServiceService, {
    unary: unaryHandler(logger, handler),
    clientStream: unimplemented,
    serverStream: unimplemented,
    bidi: unimplemented,
  });
  const client = new ProbeServiceClient(server.address, credentials.createInsecure());
  onTestFinished(async () => {
    client.close();
    await server[Symbol.asyncDispose]();
  });
  return (signal: AbortSignal = forever, { timeoutMs = 10_000, deadline = Number.POSITIVE_INFINITY } = {}) =>
    unaryCall(client, client.unary, hello, { scope: { signal, deadline }, timeoutMs });
}

test("an async handler answers a call", async () => {
  const call = await probe(async ({ text, count }) => ({ text: text.toUpperCase(), count: count + 1 }));
  expect(await call()).toEqual({ text: "HELLO", count: 2 });
});

test("a ServiceError reaches the caller with its code and message", async () => {
  const call = await probe(async () => {
    throw new ServiceError(status.NOT_FOUND, "no such loaf");
  });
  const error = await call().catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(ServiceError);
  expect(error).toMatchObject({ code: status.NOT_FOUND, message: "no such loaf" });
});

test.each<[string, Handler]>([
  ["rejects", async () => Promise.reject(new Error("password is hunter2"))],
  [
    "throws before it is async",
    () => {
      throw new Error("password is hunter2");
    },
  ],
])(
  "of an unexpected error the caller learns nothing, the log everything: the handler %s",
  async (_, handler) => {
    const log: string[] = [];
    const call = await probe(handler, log);
    await expect(call()).rejects.toMatchObject({ code: status.INTERNAL, message: "internal error" });
    expect(log.join("")).toContain("password is hunter2");
    expect(log.join("")).toContain("/probe.v1.ProbeService/Unary");
  },
);

test("a cancelled caller fires the handler's signal and cancels the calls below", async () => {
  const reached = Promise.withResolvers<void>();
  const cancelled = Promise.withResolvers<unknown>();
  const below = await probe(async (_, { signal }) => {
    reached.resolve();
    await once(signal, "abort");
    cancelled.resolve(signal.reason);
    throw signal.reason;
  });
  const above = await probe((_, { signal }) => below(signal));
  const controller = new AbortController();
  const answer = above(controller.signal);
  await reached.promise;
  controller.abort();
  await expect(answer).rejects.toMatchObject({ code: status.CANCELLED });
  expect(await cancelled.promise).toMatchObject({ code: status.CANCELLED });
});

test("the signal of a call that was answered never fires", async () => {
  const signals: AbortSignal[] = [];
  const call = await probe(async (request, { signal }) => {
    signals.push(signal);
    return request;
  });
  // The second call comes after the end of the first, when its stream has closed.
  await call();
  await call();
  expect(signals.map(({ aborted }) => aborted)).toEqual([false, false]);
});

test("a call whose time is up fails with DEADLINE_EXCEEDED and fires the handler's signal", async () => {
  const fired = Promise.withResolvers<unknown>();
  const call = await probe(async (request, { signal }) => {
    signal.addEventListener("abort", fired.resolve);
    await fired.promise;
    return request;
  });
  await expect(call(forever, { timeoutMs: 50 })).rejects.toMatchObject({ code: status.DEADLINE_EXCEEDED });
  await fired.promise;
});

test("the deadline of the request above bounds the call below", async () => {
  const deadlines: number[] = [];
  const call = await probe(async (request, { deadline }) => {
    deadlines.push(deadline);
    return request;
  });
  const deadline = Date.now() + 5_000;
  await call(forever, { timeoutMs: 60_000, deadline });
  // The header carries what is left, so that clocks need not agree.
  expect(Math.abs((deadlines[0] ?? 0) - deadline)).toBeLessThan(1_000);
});

test("no call is made for a caller that has gone", async () => {
  let calls = 0;
  const call = await probe(async (request) => {
    calls += 1;
    return request;
  });
  await expect(call(AbortSignal.abort())).rejects.toMatchObject({ code: status.CANCELLED });
  await call();
  expect(calls).toBe(1);
});
