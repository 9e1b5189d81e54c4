import { once } from "node:events";
import { status } from "@grpc/grpc-js";
import { pino } from "pino";
import { expect, test } from "vitest";
import { outcome, startProbe } from "../../test/fixtures/probe.ts";
import { bidiHandler } from "./stream-handlers.ts";

const logger = pino({ level: "silent" });

const hello = { text: "hello", count: 3 };

test("each request can be answered before the next is sent", async () => {
  const client = await startProbe({
    bidi: bidiHandler(logger, async (requests, send) => {
      for await (const { text, count } of requests) await send({ text: text.toUpperCase(), count });
    }),
  });
  const call = client.bidi();
  const answers: string[] = [];
  for (const text of ["rye", "oat"]) {
    call.write({ text, count: 1 });
    const [answer] = await once(call, "data");
    answers.push(answer.text);
  }
  expect(answers).toEqual(["RYE", "OAT"]);
  call.end();
  expect(await outcome(call)).toMatchObject({ code: status.OK });
});

test("after the loop is left the handler can still send, and then ends the call", async () => {
  const client = await startProbe({
    bidi: bidiHandler(logger, async (requests, send) => {
      for await (const _ of requests) break;
      await send({ text: "thanks", count: 1 });
    }),
  });
  const call = client.bidi();
  for (let number = 0; number < 50; number++) call.write({ text: "more", count: number });
  expect(await outcome(call)).toMatchObject({ texts: ["thanks"], code: status.OK });
});

test("a caller that leaves fires the signal and ends the loop", async () => {
  const ended = Promise.withResolvers<unknown>();
  const client = await startProbe({
    bidi: bidiHandler(logger, async (requests, send, { signal }) => {
      try {
        for await (const { text, count } of requests) await send({ text, count });
      } finally {
        if (!signal.aborted) await once(signal, "abort");
        ended.resolve(signal.reason);
      }
    }),
  });
  const call = client.bidi();
  call.on("error", () => {});
  call.write(hello);
  await once(call, "data");
  call.cancel();
  expect(await ended.promise).toMatchObject({ code: status.CANCELLED });
});
