import { expect, test } from "vitest";
import { startTcpProxy, type TcpProxy } from "../harness/tcp-proxy.ts";
import { type MeshSpec, startMesh } from "./harness/mesh.ts";
import { BROKEN, call, type Plan } from "./harness/plan.ts";
import { expectKept, playAndSettle } from "./harness/whole-trace.ts";

const RATE_0 = { TRACE_SAMPLE_RATE: "0" };
const SERVICES: MeshSpec = { gateway: {}, ledger: {}, treasury: {}, rates: {} };

test("tracing is shut down as soon as something has failed: recalls that wait go out first", async () => {
  const mesh = await startMesh(SERVICES, RATE_0);
  const plan: Plan = {
    steps: [call("ledger", { steps: [call("rates")] }), call("rates"), call("treasury", BROKEN)],
  };
  const kept = await playAndSettle(
    mesh,
    async () => {
      const { traceId = "" } = await mesh.service("gateway").order({ do: "last job", plan, limitMs: 4_000 });
      return { traceId, code: 2 };
    },
    9,
  );
  expect(kept.shape).toEqual([
    "gateway server job failed (root)",
    "  gateway client Unary INTERNAL",
    "    treasury server Unary INTERNAL",
    "  gateway client Unary OK",
    "    ledger server Unary OK",
    "      ledger client Unary OK",
    "        rates server Unary OK",
    "  gateway client Unary OK",
    "    rates server Unary OK",
  ]);
  expectKept(kept.spans);
  expect(await mesh.service("gateway").stop()).toBe(0);
});

test("a recall that nobody answers does not hold the shutdown up", async () => {
  let proxy: TcpProxy | undefined;
  const mesh = await startMesh(
    {
      ...SERVICES,
      gateway: {
        async routes({ ledger = "" }) {
          proxy = await startTcpProxy(ledger);
          return { ledger: { address: proxy.address } };
        },
      },
    },
    RATE_0,
  );
  const gateway = mesh.service("gateway");
  const plan: Plan = { steps: [call("ledger"), { hold: "freeze" }, call("treasury", BROKEN)] };
  const ended = gateway.order({ do: "last job", plan, limitMs: 1_000 });
  await gateway.holds("freeze");
  proxy?.freeze();
  await gateway.order({ do: "release", hold: "freeze" });
  const { traceId = "", shutdownMs } = await ended;
  // Left to itself, the recall would wait for three seconds.
  expect(shutdownMs).toBeLessThan(2_500);
  const { stats } = await gateway.order({ do: "look" });
  expect(stats?.recalls).toMatchObject({ sent: 1, missed: 1 });
  expect(await gateway.stop()).toBe(0);
  proxy?.close();
  expect(mesh.spansOf({ traceId })).toHaveLength(4);
});
