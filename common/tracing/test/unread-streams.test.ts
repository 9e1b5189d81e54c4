import { expect, test } from "vitest";
import {
  clientSpans,
  type OpenCall,
  openCall,
  sameHandlers,
  serverSpans,
  untilRpcSpans,
} from "./harness/calls.ts";
import { type Scene, withScene } from "./harness/scene.ts";

// grpc-js hands an OK status on only when all messages before it were read. It hands on other statuses at once.

const STREAMS = ["serverStream", "bidi"] as const;

for (const kind of STREAMS) {
  test(`LIFE-04: a stream that nobody reads ends with the server's error: ${kind}`, async () => {
    const handlers = sameHandlers((call, answer) => {
      if ("write" in call) call.write({ text: "unread", count: 1 });
      answer.fail({ code: 13, details: "broken" });
    });
    await withScene(handlers, async ({ client, intake, tracing }) => {
      openCall(client, kind, { read: false, halfClose: false });
      const { client: above, server } = await untilRpcSpans(intake);
      await tracing.forceFlush();
      expect(server.map((span) => span.attributes["rpc.status_code"])).toEqual(["INTERNAL"]);
      expect(above.map((span) => span.attributes["rpc.status_code"])).toEqual(["INTERNAL"]);
      expect(tracing.stats().spans.open).toBe(0);
    });
  });

  test(`LIFE-04: a stream without messages ends though nobody reads: ${kind}`, async () => {
    const handlers = sameHandlers((call) => "end" in call && call.end());
    await withScene(handlers, async ({ client, intake, tracing }) => {
      openCall(client, kind, { read: false, halfClose: false });
      const { client: above, server } = await untilRpcSpans(intake);
      expect(server[0]?.attributes["rpc.status_code"]).toBe("OK");
      expect(above[0]?.attributes["rpc.status_code"]).toBe("OK");
      expect(tracing.stats().spans.open).toBe(0);
    });
  });
}

interface GivingUp {
  readonly deadlineMs?: number;
  readonly act?: (open: OpenCall, scene: Scene) => void;
  readonly code: string;
}

const WAYS: Record<string, GivingUp> = {
  "its cancel": { act: ({ call }) => call.cancel(), code: "CANCELLED" },
  "its deadline": { deadlineMs: 200, code: "DEADLINE_EXCEEDED" },
  "the closing of its client": { act: (_open, { client }) => client.close(), code: "UNAVAILABLE" },
  "the loss of its connection": { act: (_open, { proxy }) => proxy.cut(), code: "UNAVAILABLE" },
  "its reading at last": { act: ({ call }) => "read" in call && void call.resume(), code: "OK" },
};

for (const kind of STREAMS)
  for (const [name, { deadlineMs, act, code }] of Object.entries(WAYS))
    test(`LIFE-04: the client span of an answered stream that nobody reads ends with ${name}: ${kind}`, async () => {
      await withScene(
        sameHandlers((_call, answer) => answer.ok()),
        async (scene) => {
          const { client, intake, tracing } = scene;
          const options = deadlineMs === undefined ? {} : { deadline: Date.now() + deadlineMs };
          const open = openCall(client, kind, { read: false, options });
          await intake.until(() => serverSpans(intake).length === 1, "the server's span");
          expect(serverSpans(intake)[0]?.attributes["rpc.status_code"]).toBe("OK");
          expect(tracing.stats().spans.open).toBe(1);

          act?.(open, scene);
          await intake.until(() => clientSpans(intake).length > 0, "the client's span");
          await tracing.forceFlush();
          expect(clientSpans(intake).map((span) => span.attributes["rpc.status_code"])).toEqual([code]);
          expect(tracing.stats().spans.open).toBe(0);
        },
      );
    });
