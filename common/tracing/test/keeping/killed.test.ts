import { expect, test } from "vitest";
import { useMeshPair } from "./harness/mesh-pair.ts";
import { call } from "./harness/plan.ts";
import { expectWhole, rootCauses } from "./harness/whole-trace.ts";

const pair = useMeshPair({ gateway: {}, payroll: {}, ledger: {}, treasury: {}, rates: {} });

test("the failing service is killed in the call: its callers' parts arrive whole", async () => {
  const plan = {
    steps: [
      call("rates"),
      call("payroll", {
        steps: [call("ledger", { steps: [call("rates")] }), call("treasury", { steps: [{ kill: true }] })],
      }),
    ],
  };
  const kept = await expectWhole(pair, (mesh) => mesh.ask(plan));
  expect(kept.outcome.code).toBe(14);
  expect(kept.spans).toHaveLength(10);
  expect(rootCauses(kept)).toEqual(["payroll client Unary UNAVAILABLE"]);
  expect(kept.errors.map(({ tags }) => tags.service)).toEqual(["payroll"]);
});
