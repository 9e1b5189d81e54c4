import { expect, test } from "vitest";
import {
  firstMessage,
  type Kind,
  once,
  openCall,
  type ServerCall,
  sameHandlers,
  serverSpans,
  untilRpcSpans,
} from "./harness/calls.ts";
import type { ArrivedSpan } from "./harness/intake.ts";
import type { ProbeHandlers } from "./harness/probe.ts";
import { withScene } from "./harness/scene.ts";

const outcome = (spans: readonly ArrivedSpan[]) =>
  spans.map(({ attributes, status }) => [attributes["rpc.status_code"], status.code]);

const UPLOADS: readonly Kind[] = ["clientStream", "bidi"];

for (const kind of UPLOADS)
  for (const halfClosed of [false, true])
    test(`LIFE-02: a cancelled upload is not a finished one: ${kind}${halfClosed ? ", half-closed" : ""}`, async () => {
      const arrived = once();
      const handlers = sameHandlers((call: ServerCall) => {
        if (!("on" in call && "read" in call)) return;
        call.on("data", () => halfClosed || arrived.resolve());
        call.on("end", () => arrived.resolve());
      });
      await withScene(handlers, async ({ client, intake, tracing }) => {
        const { call } = openCall(client, kind, { halfClose: halfClosed });
        await arrived.promise;
        expect(serverSpans(intake)).toEqual([]);
        call.cancel();
        const spans = await untilRpcSpans(intake);
        await tracing.forceFlush();
        expect(outcome(spans.server)).toEqual([["CANCELLED", 0]]);
        expect(serverSpans(intake)).toHaveLength(1);
      });
    });

test("LIFE-06: on the server, a caller's deadline is an error, and the trace has failed", async () => {
  await withScene(
    sameHandlers(() => {}),
    async ({ client, intake }) => {
      openCall(client, "unary", { options: { deadline: Date.now() + 200 } });
      const { server } = await untilRpcSpans(intake);
      expect(outcome(server)).toEqual([["DEADLINE_EXCEEDED", 2]]);
      expect(server[0]?.attributes["error.type"]).toBe("DEADLINE_EXCEEDED");
      expect(server[0]?.attributes["tracekeep.rpc.deadline_ms"]).toBeGreaterThan(100);
      await intake.until(() => intake.errors.length > 0, "the error event of the deadline");
      expect(intake.errors).toHaveLength(1);
    },
  );
});

test("LIFE-06: on the server, a cancel that comes just before the deadline counts as the deadline", {
  retry: 3,
}, async () => {
  await withScene(
    sameHandlers(() => {}),
    async ({ client, intake }) => {
      // A client's own clock may fire first; what reaches the server then is a cancel.
      const { call } = openCall(client, "unary", { options: { deadline: Date.now() + 300 } });
      setTimeout(() => call.cancel(), 270);
      const { server } = await untilRpcSpans(intake);
      expect(outcome(server)).toEqual([["DEADLINE_EXCEEDED", 2]]);
    },
  );
});

test("LIFE-06: on the server, a caller's cancel long before its deadline is no error", async () => {
  const begun = once();
  await withScene(
    sameHandlers(() => begun.resolve()),
    async ({ client, intake, tracing }) => {
      const { call } = openCall(client, "unary", { options: { deadline: Date.now() + 10_000 } });
      await begun.promise;
      call.cancel();
      const { server } = await untilRpcSpans(intake);
      expect(outcome(server)).toEqual([["CANCELLED", 0]]);
      expect(server[0]?.attributes["error.type"]).toBeUndefined();
      await tracing.forceFlush();
      expect(tracing.stats().errors.reported).toBe(0);
      expect(intake.errors).toEqual([]);
    },
  );
});

test("LIFE-11: a stream that its handler destroyed by leaving for await is not an OK of the server", async () => {
  const bidi: ProbeHandlers["bidi"] = async (call) => {
    for await (const message of call) {
      call.write(message);
      break;
    }
    call.end();
  };
  await withScene({ bidi }, async ({ client, intake }) => {
    const { status } = openCall(client, "bidi", { options: { deadline: Date.now() + 300 } });
    expect((await status).code).toBe(4);
    const spans = await untilRpcSpans(intake);
    expect(outcome(spans.server)).toEqual([["DEADLINE_EXCEEDED", 2]]);
    expect(outcome(spans.client)).toEqual([["DEADLINE_EXCEEDED", 2]]);
  });
});

test("LIFE-11: a stream that its handler read by for await to the end is OK", async () => {
  const bidi: ProbeHandlers["bidi"] = async (call) => {
    for await (const message of call) call.write(message);
    call.end();
  };
  await withScene({ bidi }, async ({ client, intake }) => {
    expect((await openCall(client, "bidi").status).code).toBe(0);
    const spans = await untilRpcSpans(intake);
    expect(outcome(spans.server)).toEqual([["OK", 0]]);
    expect(outcome(spans.client)).toEqual([["OK", 0]]);
  });
});

test("STAT-03: the caller's own cancel after a first message is no failure", async () => {
  const handlers = sameHandlers((call) => "write" in call && call.write({ text: "", count: 1 }));
  await withScene(handlers, async ({ client, intake, tracing }) => {
    const open = openCall(client, "serverStream");
    await firstMessage(open);
    open.call.cancel();
    const spans = await untilRpcSpans(intake);
    expect(outcome(spans.client)).toEqual([["CANCELLED", 0]]);
    expect(spans.client[0]?.attributes["error.type"]).toBeUndefined();
    await tracing.forceFlush();
    expect(intake.errors).toEqual([]);
  });
});

test("STAT-03: the abort of an AbortSignal that cancels the call is no failure", async () => {
  const begun = once();
  await withScene(
    sameHandlers(() => begun.resolve()),
    async ({ client, intake }) => {
      const aborter = new AbortController();
      const answer = new Promise((_resolve, reject) => {
        const call = client.unary({ text: "", count: 0 }, reject);
        aborter.signal.addEventListener("abort", () => call.cancel());
      });
      await begun.promise;
      aborter.abort();
      await expect(answer).rejects.toMatchObject({ code: 1 });
      const spans = await untilRpcSpans(intake);
      expect(outcome(spans.client)).toEqual([["CANCELLED", 0]]);
    },
  );
});

test("STAT-03: a cancel that the peer sent is an error of the client span", async () => {
  await withScene(
    sameHandlers((_call, answer) => answer.fail({ code: 1, details: "not now" })),
    async ({ client, intake }) => {
      openCall(client, "unary");
      const spans = await untilRpcSpans(intake);
      expect(outcome(spans.client)).toEqual([["CANCELLED", 2]]);
      expect(spans.client[0]?.status.message).toBe("not now");
    },
  );
});
