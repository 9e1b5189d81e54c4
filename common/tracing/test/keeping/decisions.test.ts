import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { type Mesh, type Outcome, startMesh } from "./harness/mesh.ts";
import { useMeshPair } from "./harness/mesh-pair.ts";
import { BROKEN, call, type Plan } from "./harness/plan.ts";
import { shapeOf } from "./harness/trace-shape.ts";
import { expectKept, expectWhole, type Play, playAndSettle } from "./harness/whole-trace.ts";

const SERVICES = { gateway: {}, payroll: {}, ledger: {}, treasury: {} };
const pair = useMeshPair(SERVICES);

/** The treasury is the last to be called, with this plan. */
const lastDoes = (last: Plan): Plan => ({
  steps: [call("payroll", { steps: [call("ledger"), call("treasury", last)] }), call("ledger")],
});
const ask =
  (plan: Plan): Play =>
  (mesh) =>
    mesh.ask(plan);

/** The same services with settings of their own, compared with a run at rate 1. */
async function pairWith(settings: Record<string, Record<string, string>>) {
  const spec = Object.fromEntries(Object.keys(SERVICES).map((name) => [name, { env: settings[name] ?? {} }]));
  return { sampled: pair.sampled, unsampled: await startMesh(spec, { TRACE_SAMPLE_RATE: "0" }) };
}

test("another sampling rate in each service never splits a trace, failed or not", async () => {
  const rates = { gateway: "0.5", payroll: "0", ledger: "1", treasury: "0.2" };
  const spec = Object.fromEntries(
    Object.entries(rates).map(([name, rate]) => [name, { env: { TRACE_SAMPLE_RATE: rate } }]),
  );
  const mesh = await startMesh(spec);
  const succeeded: Outcome[] = [];
  const failed: Outcome[] = [];
  for (let request = 0; request < 40; request++) {
    succeeded.push(await mesh.ask(lastDoes({})));
    failed.push(await mesh.ask(lastDoes(BROKEN)));
  }
  // Without the second call of the ledger, which a failure prevents.
  const isWhole = (outcome: Outcome, spans: number) => mesh.spansOf(outcome).length === spans;
  await mesh.intake.until(() => failed.every((outcome) => isWhole(outcome, 7)), "all failed traces");
  await mesh.settle();
  expectKept(failed.flatMap((outcome) => mesh.spansOf(outcome)));

  const sampled = succeeded.filter((outcome) => mesh.spansOf(outcome).length > 0);
  expect(sampled.every((outcome) => isWhole(outcome, 9))).toBe(true);
  expect(sampled.length).toBeGreaterThan(0);
  expect(sampled.length).toBeLessThan(40);
  const weights = sampled.flatMap((outcome) => mesh.spansOf(outcome)).map(({ attributes }) => attributes);
  expect(new Set(weights.map((attributes) => attributes["sentry.client_sample_rate"]))).toEqual(
    new Set([0.5]),
  );
  expect(new Set(weights.map((attributes) => attributes["tracekeep.keep.reason"]))).toEqual(
    new Set([undefined]),
  );
});

const newTraceId = (): string => randomBytes(16).toString("hex");
const PARENT = "b7ad6b7169203331";
test.each<[string, (mesh: Mesh, plan: Plan, id: string) => ReturnType<Play>]>([
  [
    "traceparent at a gRPC entry",
    (mesh, plan, id) => mesh.ask(plan, { headers: { traceparent: `00-${id}-${PARENT}-00` } }),
  ],
  [
    "sentry-trace at a gRPC entry",
    (mesh, plan, id) => mesh.ask(plan, { headers: { "sentry-trace": `${id}-${PARENT}-0` } }),
  ],
  [
    "traceparent at another entry",
    (mesh, plan, id) => mesh.job(plan, { traceparent: `00-${id}-${PARENT}-00` }),
  ],
  [
    "sentry-trace at another entry",
    (mesh, plan, id) => mesh.job(plan, { "sentry-trace": `${id}-${PARENT}-0` }),
  ],
])('a caller\'s "not sampled" by %s still keeps failures, and nothing else', async (_, play) => {
  const mesh = pair.sampled;
  const before = mesh.intake.spans.length;
  const fine = await playAndSettle(mesh, (at) => play(at, lastDoes({}), newTraceId()));
  expect(mesh.intake.spans.length).toBe(before);
  expect(fine.spans).toEqual([]);
  const failed = await playAndSettle(mesh, (at) => play(at, lastDoes(BROKEN), newTraceId()), 7);
  expect(failed.spans).toHaveLength(7);
  expectKept(failed.spans);
});

test("keepTrace in the middle of a request, deep below: all parts arrive, from before and after", async () => {
  const kept = await expectWhole(
    pair,
    ask(lastDoes({ steps: [call("ledger"), { keep: "audit" }, call("ledger")] })),
    "audit",
  );
  expect(kept.outcome.code).toBe(0);
  expect(kept.spans).toHaveLength(13);
  expect(kept.errors).toEqual([]);
});

test("a slow entry, deep below", async () => {
  const slow = await pairWith({ treasury: { TRACE_KEEP_SLOW_MS: "200" } });
  const kept = await expectWhole(slow, ask(lastDoes({ steps: [{ delayMs: 250 }] })), "slow");
  expect(kept.spans).toHaveLength(9);
  const fast = await playAndSettle(slow.unsampled, ask(lastDoes({})));
  expect(fast.shape).toEqual([]);
});

test("TRACE_KEEP_ERRORS=false everywhere keeps no failure", async () => {
  const off = { TRACE_KEEP_ERRORS: "false" };
  const { unsampled } = await pairWith({ gateway: off, payroll: off, ledger: off, treasury: off });
  const failed = await playAndSettle(unsampled, ask(lastDoes(BROKEN)));
  expect(failed.outcome.code).toBe(13);
  expect(shapeOf(unsampled.intake.spans)).toEqual([]);
  // keepTrace still does.
  await expectWhole({ ...pair, unsampled }, ask(lastDoes({ steps: [{ keep: "audit" }] })), "audit");
});

test.each([
  ["the services above the failure", ["gateway", "payroll"]],
  ["the service that fails", ["treasury"]],
  ["all but the one that fails", ["gateway", "payroll", "ledger"]],
  ["all but the entry", ["payroll", "ledger", "treasury"]],
])("TRACE_KEEP_ERRORS=false in %s hinders no other's keep", async (_, names) => {
  const off = Object.fromEntries(names.map((name) => [name, { TRACE_KEEP_ERRORS: "false" }]));
  await expectWhole(await pairWith(off), ask(lastDoes(BROKEN)));
});
