import { expect, test } from "vitest";
import type { Mesh } from "./harness/mesh.ts";
import { useMeshPair } from "./harness/mesh-pair.ts";
import { BROKEN, call, type Plan, planned } from "./harness/plan.ts";
import { shapeOf } from "./harness/trace-shape.ts";
import { expectWhole, type Play, rootCauses } from "./harness/whole-trace.ts";

const pair = useMeshPair({ gateway: {}, payroll: {}, ledger: {}, treasury: {}, rates: {} });

/** The ledger has called the rates, and works on. */
const works: Plan = { steps: [call("rates"), { hold: "works" }] };
/** Fails once the ledger has come that far. */
const fails: Plan = { steps: [{ hold: "fails" }], ...BROKEN };

/** Calls one service that works on and one that fails; `meanwhile` is between the failure and the end of the work. */
function playing(
  options: { readonly cancelOthers?: boolean; readonly withParent?: boolean },
  meanwhile: (mesh: Mesh) => Promise<void>,
): Play {
  const { cancelOthers = false, withParent = false } = options;
  const all = [planned("ledger", works, { withParent }), planned("treasury", fails)];
  const plan: Plan = { steps: [call("payroll", { steps: [{ all, cancelOthers }] })] };
  return async (mesh) => {
    const outcome = mesh.ask(plan);
    await mesh.service("ledger").holds("works");
    await mesh.service("treasury").holds("fails");
    await mesh.service("treasury").order({ do: "release", hold: "fails" });
    await outcome;
    await meanwhile(mesh);
    return await outcome;
  };
}

const release = async (mesh: Mesh): Promise<void> => {
  await mesh.service("ledger").order({ do: "release", hold: "works" });
};

test("a sibling still runs when the other fails, and nobody has been called before: it arrives whole", async () => {
  const kept = await expectWhole(pair, playing({}, release));
  expect(kept.spans).toHaveLength(9);
  expect(rootCauses(kept)).toEqual(["treasury server Unary INTERNAL"]);
});

test("a sibling still runs: what has ended below it arrives at once, the rest when it ends", async () => {
  const warm: Plan = { steps: [call("payroll", { steps: [call("ledger"), call("treasury")] })] };
  for (const mesh of [pair.sampled, pair.unsampled]) await mesh.ask(warm);
  await pair.sampled.settle();
  const before = new Map([pair.sampled, pair.unsampled].map((mesh) => [mesh, mesh.intake.spans.length]));
  const kept = await expectWhole(
    pair,
    playing({}, async (mesh) => {
      const shape = (): string[] => shapeOf(mesh.intake.spans.slice(before.get(mesh)));
      // All but the ledger's own, and that of the call to it.
      await mesh.intake.until(() => shape().length === 7, "the spans that have ended");
      expect(shape()).toContain("ledger client Unary OK");
      expect(shape()).toContain("  rates server Unary OK");
      await release(mesh);
    }),
  );
  expect(kept.spans).toHaveLength(9);
});

test("a sibling is cancelled by a Promise.all that fails: its part arrives, too", async () => {
  const kept = await expectWhole(
    pair,
    playing({ cancelOthers: true }, async () => {}),
  );
  expect(kept.spans).toHaveLength(9);
  expect(kept.shape.filter((line) => line.includes("CANCELLED")).map((line) => line.trim())).toEqual([
    "payroll client Unary CANCELLED",
    "ledger server Unary CANCELLED",
  ]);
  expect(rootCauses(kept)).toEqual(["treasury server Unary INTERNAL"]);
  expect(kept.errors).toHaveLength(1);
});

test("a cancel that goes on to the callee's callees: all parts arrive", async () => {
  const deep: Plan = {
    steps: [call("rates"), call("gateway", { steps: [{ hold: "deep" }] }, { withParent: true })],
  };
  const all = [planned("ledger", deep), planned("treasury", fails)];
  const kept = await expectWhole(pair, async (mesh) => {
    const outcome = mesh.ask({ steps: [call("payroll", { steps: [{ all, cancelOthers: true }] })] });
    await mesh.service("gateway").holds("deep");
    await mesh.service("treasury").holds("fails");
    await mesh.service("treasury").order({ do: "release", hold: "fails" });
    return await outcome;
  });
  expect(kept.spans).toHaveLength(11);
  expect(kept.shape.filter((line) => line.includes("CANCELLED"))).toHaveLength(4);
});

test("a caller's own cancel alone keeps nothing", async () => {
  const mesh = pair.unsampled;
  const before = mesh.intake.spans.length;
  const all = [
    planned("ledger", works),
    planned("treasury", { ...fails, fail: { code: 5, details: "gone" } }),
  ];
  const outcome = mesh.ask({ steps: [{ all, cancelOthers: true }] });
  await mesh.service("ledger").holds("works");
  await mesh.service("treasury").holds("fails");
  await mesh.service("treasury").order({ do: "release", hold: "fails" });
  expect((await outcome).code).toBe(5);
  await mesh.settle();
  expect(shapeOf(mesh.intake.spans.slice(before))).toEqual([]);
});
