import { once } from "node:events";
import { setImmediate } from "node:timers/promises";
import { status } from "@grpc/grpc-js";
import { pino } from "pino";
import { beforeEach, expect, test } from "vitest";
import { outcome, startProbe } from "../../test/fixtures/probe.ts";
import { ServiceError } from "./errors.ts";
import { bidiHandler, serverStreamHandler } from "./stream-handlers.ts";

const log: string[] = [];
const logger = pino({}, { write: (line) => void log.push(line) });
beforeEach(() => {
  log.length = 0;
});

const hello = { text: "hello", count: 3 };

test("what the handler sends arrives in order, and its end is the call's end", async () => {
  const client = await startProbe({
    serverStream: serverStreamHandler(logger, async ({ text, count }, send) => {
      for (let number = 1; number <= count; number++)
        await send({ text: `${text} ${number}`, count: number });
    }),
  });
  expect(await outcome(client.serverStream(hello))).toMatchObject({
    texts: ["hello 1", "hello 2", "hello 3"],
    code: status.OK,
  });
});

test("an error comes after what was sent before it, with its code", async () => {
  const client = await startProbe({
    serverStream: serverStreamHandler(logger, async ({ text }, send) => {
      await send({ text, count: 1 });
      throw new ServiceError(status.NOT_FOUND, "no more loaves");
    }),
  });
  expect(await outcome(client.serverStream(hello))).toEqual({
    texts: ["hello"],
    code: status.NOT_FOUND,
    details: "no more loaves",
  });
  expect(log).toEqual([]);
});

test.each(["serverStream", "bidi"] as const)(
  "%s: of an unexpected error the caller learns nothing, the log everything",
  async (kind) => {
    const fail = async () => {
      throw new Error("password is hunter2");
    };
    const client = await startProbe({
      serverStream: serverStreamHandler(logger, fail),
      bidi: bidiHandler(logger, fail),
    });
    const call = kind === "bidi" ? client.bidi() : client.serverStream(hello);
    expect(await outcome(call)).toEqual({ texts: [], code: status.INTERNAL, details: "internal error" });
    expect(log.join("")).toContain("password is hunter2");
  },
);

test("a handler does not run away from a caller that reads slowly", async () => {
  let sent = 0;
  const text = "x".repeat(16_384);
  const client = await startProbe({
    serverStream: serverStreamHandler(logger, async ({ count }, send) => {
      for (; sent < count; sent++) await send({ text, count: sent });
    }),
  });
  let [read, lead] = [0, 0];
  for await (const _ of client.serverStream({ text: "", count: 500 })) {
    await setImmediate();
    read += 1;
    lead = Math.max(lead, sent - read);
  }
  expect(read).toBe(500);
  expect(lead).toBeLessThan(100);
});

test("a caller that leaves ends a handler that waits to send, and one that waits for its work", async () => {
  const reasons: unknown[] = [];
  const ended = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const text = "x".repeat(65_536);
  const client = await startProbe({
    serverStream: serverStreamHandler(logger, async ({ count }, send, { signal }) => {
      try {
        await send({ text, count });
        if (count === 0) await once(signal, "abort");
        else for (;;) await send({ text, count });
        await send({ text, count });
      } catch (error) {
        reasons.push(error);
        throw error;
      } finally {
        ended[count]?.resolve();
      }
    }),
  });
  for (const count of [0, 1]) {
    const call = client.serverStream({ text, count });
    call.on("error", () => {});
    await once(call, "readable");
    call.cancel();
    await ended[count]?.promise;
  }
  expect(reasons).toMatchObject([{ code: status.CANCELLED }, { code: status.CANCELLED }]);
  expect(log).toEqual([]);
});
