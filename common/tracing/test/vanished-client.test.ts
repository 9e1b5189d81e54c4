import type { ServerDuplexStream } from "@grpc/grpc-js";
import { expect, test } from "vitest";
import { firstMessage, type Message, once, openCall, sameHandlers, untilRpcSpans } from "./harness/calls.ts";
import { withScene } from "./harness/scene.ts";

const STREAMS = ["serverStream", "bidi"] as const;

for (const kind of STREAMS)
  test(`LIFE-03: a client that vanishes ends both spans: ${kind}`, async () => {
    const handlers = sameHandlers((call) => "write" in call && call.write({ text: "", count: 1 }));
    await withScene(handlers, async ({ client, intake, proxy, tracing }) => {
      const open = openCall(client, kind, { halfClose: false });
      await firstMessage(open);
      proxy.cut();
      expect((await open.status).code).toBe(14);
      const { client: above, server } = await untilRpcSpans(intake);
      expect(server[0]).toMatchObject({
        attributes: { "rpc.status_code": "CANCELLED" },
        status: { code: 0 },
      });
      expect(above[0]).toMatchObject({
        attributes: { "rpc.status_code": "UNAVAILABLE", "error.type": "UNAVAILABLE" },
        status: { code: 2 },
      });
      expect(tracing.stats().spans.open).toBe(0);
    });
  });

/** Short, so that a dead connection is found within a second. */
const KEEPALIVE = {
  "grpc.keepalive_time_ms": 200,
  "grpc.keepalive_timeout_ms": 200,
  "grpc.keepalive_permit_without_calls": 1,
};

for (const kind of STREAMS)
  test(`LIFE-03: a half-open connection ends both spans at the keepalive timeout: ${kind}`, async () => {
    const handlers = sameHandlers((call) => "write" in call && call.write({ text: "", count: 1 }));
    const settings = { clientOptions: KEEPALIVE, serverOptions: KEEPALIVE };
    await withScene(
      handlers,
      async ({ client, intake, proxy }) => {
        const open = openCall(client, kind, { halfClose: false });
        await firstMessage(open);
        proxy.freeze();
        expect((await open.status).code).toBe(14);
        const { client: above, server } = await untilRpcSpans(intake);
        expect(server[0]?.attributes["rpc.status_code"]).toBe("CANCELLED");
        expect(above[0]?.attributes["rpc.status_code"]).toBe("UNAVAILABLE");
      },
      settings,
    );
  });

test("LIFE-13: a handler that writes on to a client that is gone does not crash, and ends its span once", async () => {
  const over = once();
  const crashes: unknown[] = [];
  const crash = (error: unknown): void => void crashes.push(error);
  const bidi = (call: ServerDuplexStream<Message, Message>): void => {
    const writing = setInterval(() => call.write({ text: "", count: 1 }), 5);
    call.on("error", () => {});
    call.on("cancelled", () =>
      setTimeout(() => {
        clearInterval(writing);
        over.resolve();
      }, 200),
    );
  };
  process.on("uncaughtException", crash);
  try {
    await withScene({ bidi }, async ({ client, intake, proxy, tracing }) => {
      const open = openCall(client, "bidi", { halfClose: false });
      await firstMessage(open);
      proxy.cut();
      await over.promise;
      const { server } = await untilRpcSpans(intake);
      await tracing.forceFlush();
      expect(server.map((span) => span.attributes["rpc.status_code"])).toEqual(["CANCELLED"]);
      expect(crashes).toEqual([]);
    });
  } finally {
    process.off("uncaughtException", crash);
  }
});
