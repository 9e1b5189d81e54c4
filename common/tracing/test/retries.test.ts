import { expect, test } from "vitest";
import { clientSpans, openCall, serverSpans } from "./harness/calls.ts";
import type { ProbeHandlers } from "./harness/probe.ts";
import { withScene } from "./harness/scene.ts";

const SERVICE_CONFIG = JSON.stringify({
  loadBalancingConfig: [],
  methodConfig: [
    {
      name: [{ service: "probe.v1.ProbeService" }],
      retryPolicy: {
        maxAttempts: 3,
        initialBackoff: "0.01s",
        maxBackoff: "0.02s",
        backoffMultiplier: 1,
        retryableStatusCodes: ["UNAVAILABLE"],
      },
    },
  ],
});
const settings = { clientOptions: { "grpc.service_config": SERVICE_CONFIG } };

/** A handler that fails as often as said, then answers. */
function failing(times: number): ProbeHandlers {
  let calls = 0;
  return {
    unary: (_call, callback) =>
      calls++ < times
        ? callback({ code: 14, details: `attempt ${calls} failed` })
        : callback(null, { text: "", count: 0 }),
  };
}

test("LIFE-12: a retried call is one client span with its final status; each attempt is a server span", () =>
  withScene(
    failing(2),
    async ({ client, intake, tracing }) => {
      const { status } = openCall(client, "unary");
      expect((await status).code).toBe(0);
      await intake.until(() => intake.spans.length >= 4, "all attempts");
      await tracing.forceFlush();

      expect(clientSpans(intake)).toHaveLength(1);
      const above = clientSpans(intake)[0];
      expect(above).toMatchObject({
        status: { code: 0 },
        attributes: { "rpc.status_code": "OK", "tracekeep.rpc.attempts": 3 },
      });
      const attempts = serverSpans(intake).sort((a, b) => a.start - b.start);
      expect(attempts.map((span) => span.attributes["rpc.status_code"])).toEqual([
        "UNAVAILABLE",
        "UNAVAILABLE",
        "OK",
      ]);
      expect(attempts.map((span) => span.status.code)).toEqual([2, 2, 0]);
      expect(attempts.map((span) => span.attributes["tracekeep.rpc.attempt"])).toEqual([undefined, 2, 3]);
      expect(new Set(attempts.map((span) => span.parentSpanId))).toEqual(new Set([above?.spanId]));
    },
    settings,
  ));

test("LIFE-12: when all attempts fail, the client span has the last status, once", () =>
  withScene(
    failing(3),
    async ({ client, intake, tracing }) => {
      const { status } = openCall(client, "unary");
      expect(await status).toMatchObject({ code: 14, details: "attempt 3 failed" });
      await intake.until(() => intake.spans.length >= 4, "all attempts");
      await tracing.forceFlush();
      expect(clientSpans(intake)).toHaveLength(1);
      expect(clientSpans(intake)[0]).toMatchObject({
        status: { code: 2, message: "attempt 3 failed" },
        attributes: { "rpc.status_code": "UNAVAILABLE", "tracekeep.rpc.attempts": 3 },
      });
      expect(serverSpans(intake)).toHaveLength(3);
    },
    settings,
  ));
