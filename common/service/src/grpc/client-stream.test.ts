import { once } from "node:events";
import { status } from "@grpc/grpc-js";
import { pino } from "pino";
import { expect, test } from "vitest";
import { collect, startProbe } from "../../test/fixtures/probe.ts";
import { ServiceError } from "./errors.ts";
import { clientStreamHandler } from "./stream-handlers.ts";

const logger = pino({ level: "silent" });

test("the handler sees every request, and its result is the answer", async () => {
  const client = await startProbe({
    clientStream: clientStreamHandler(logger, async (requests) => {
      const texts: string[] = [];
      for await (const { text } of requests) texts.push(text);
      return { text: texts.join(" "), count: texts.length };
    }),
  });
  const { call, answer } = collect(client, ["rye", "oat", "spelt"]);
  call.end();
  expect(await answer).toBe("rye oat spelt");
});

test("a handler may answer, or refuse, before the caller has ended", async () => {
  const client = await startProbe({
    clientStream: clientStreamHandler(logger, async (requests) => {
      for await (const { text } of requests) {
        if (text === "stop") break;
        if (text === "bad") throw new ServiceError(status.INVALID_ARGUMENT, "that is no grain");
      }
      return { text: "enough", count: 0 };
    }),
  });
  expect(await collect(client, ["rye", "stop", "oat"]).answer).toBe("enough");
  await expect(collect(client, ["rye", "bad"]).answer).rejects.toMatchObject({
    code: status.INVALID_ARGUMENT,
    details: "that is no grain",
  });
});

test("a caller that leaves, or whose time is up, ends the handler's loop", async () => {
  const reasons: unknown[] = [];
  let [begun, ended] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const client = await startProbe({
    clientStream: clientStreamHandler(logger, async (requests, { signal }) => {
      try {
        for await (const _ of requests) begun.resolve();
        // Seldom the loop ends before the signal fires.
        if (!signal.aborted) await once(signal, "abort");
        signal.throwIfAborted();
      } catch (error) {
        reasons.push(error);
      }
      ended.resolve();
      return { text: "", count: 0 };
    }),
  });
  const left = collect(client, ["rye"]);
  await begun.promise;
  left.call.cancel();
  await expect(left.answer).rejects.toMatchObject({ code: status.CANCELLED });
  await ended.promise;

  [begun, ended] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const late = collect(client, ["rye"], Date.now() + 100);
  await expect(late.answer).rejects.toMatchObject({ code: status.DEADLINE_EXCEEDED });
  await ended.promise;
  expect(reasons).toMatchObject([{ code: status.CANCELLED }, { code: status.CANCELLED }]);
});
