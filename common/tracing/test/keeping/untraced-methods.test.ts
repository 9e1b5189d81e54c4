import { expect, test } from "vitest";
import { useMeshPair } from "./harness/mesh-pair.ts";
import { BROKEN, call, type Plan } from "./harness/plan.ts";
import { expectWhole } from "./harness/whole-trace.ts";

const pair = useMeshPair({
  gateway: {},
  ledger: {},
  payroll: { env: { TRACE_METHOD_RULES: "probe.v1.ProbeService/Unary=never" } },
  treasury: {},
});

test("a failure below a method that is never traced goes up through it, also where it is caught there", async () => {
  const plan: Plan = {
    steps: [
      call("ledger"),
      call("payroll", { steps: [call("treasury", BROKEN, { swallow: true })] }),
      call("ledger"),
    ],
  };
  const kept = await expectWhole(pair, (mesh) => mesh.ask(plan));
  expect(kept.outcome.code).toBe(0);
  expect(new Set(kept.spans.map(({ resource }) => resource["service.name"]))).toEqual(
    new Set(["gateway", "ledger", "treasury"]),
  );
});
