import { once } from "node:events";
import { credentials, status } from "@grpc/grpc-js";
import { ProbeServiceClient, ProbeServiceService } from "@tracekeep/proto/probe/v1";
import { pino } from "pino";
import { expect, onTestFinished, test } from "vitest";
import { startGrpcServer } from "../testing/grpc-server.ts";
import { ServiceError } from "./errors.ts";
import { serverStreamCall } from "./stream-call.ts";
import { serverStreamHandler } from "./stream-handlers.ts";

type Handler = Parameters<typeof serverStreamHandler<{ count: number }, { text: string; count: number }>>[1];

const forever = new AbortController().signal;

/** Calls a server whose ServerStream method is the handler. */
async function probe(handler: Handler) {
  const unimplemented = () => {};
  const server = await startGrpcServer(ProbeServiceService, {
    unary: unimplemented,
    clientStream: unimplemented,
    serverStream: serverStreamHandler(pino({ level: "silent" }), handler),
    bidi: unimplemented,
  });
  const client = new ProbeServiceClient(server.address, credentials.createInsecure());
  onTestFinished(async () => {
    client.close();
    await server[Symbol.asyncDispose]();
  });
  return (signal: AbortSignal = forever, timeoutMs = 20_000) => {
    const scope = { signal, deadline: Number.POSITIVE_INFINITY };
    return serverStreamCall(client, client.serverStream, { text: "", count: 3 }, { scope, timeoutMs });
  };
}

const counting: Handler = async ({ count }, send) => {
  for (let number = 1; number <= count; number++) await send({ text: "", count: number });
};

test("the responses are iterated over, to the end", async () => {
  const call = await probe(counting);
  const counts: number[] = [];
  for await (const { count } of call()) counts.push(count);
  expect(counts).toEqual([1, 2, 3]);
});

test("an error comes after the responses before it, as a ServiceError", async () => {
  const call = await probe(async (request, send, scope) => {
    await counting(request, send, scope);
    throw new ServiceError(status.RESOURCE_EXHAUSTED, "no flour");
  });
  const counts: number[] = [];
  const read = async () => {
    for await (const { count } of call()) counts.push(count);
  };
  const error = await read().catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(ServiceError);
  expect(error).toMatchObject({ code: status.RESOURCE_EXHAUSTED, message: "no flour" });
  expect(counts).toEqual([1, 2, 3]);
});

test("leaving the loop cancels the call", async () => {
  const cancelled = Promise.withResolvers<void>();
  const call = await probe(async (_, send, { signal }) => {
    await send({ text: "", count: 1 });
    await once(signal, "abort");
    cancelled.resolve();
  });
  for await (const _ of call()) break;
  await cancelled.promise;
});

test("the scope's signal ends the call with CANCELLED, and no call is made after it", async () => {
  let calls = 0;
  const call = await probe(async (_, send, { signal }) => {
    calls += 1;
    await send({ text: "", count: 1 });
    await once(signal, "abort");
  });
  const controller = new AbortController();
  const read = async () => {
    for await (const _ of call(controller.signal)) controller.abort();
  };
  await expect(read()).rejects.toMatchObject({ code: status.CANCELLED });
  await expect(read()).rejects.toMatchObject({ code: status.CANCELLED, message: "the caller has gone" });
  expect(calls).toBe(1);
});

test("a stream that takes too long ends with DEADLINE_EXCEEDED", async () => {
  const call = await probe(async (_, _send, { signal }) => void (await once(signal, "abort")));
  await expect(call(forever, 50).next()).rejects.toMatchObject({ code: status.DEADLINE_EXCEEDED });
});
