import { expect, test } from "vitest";
import { type Mesh, type MeshSpec, type Outcome, startMesh } from "./harness/mesh.ts";
import { BROKEN, call, type Plan, planned, type Step } from "./harness/plan.ts";
import { expectKept, playAndSettle } from "./harness/whole-trace.ts";

// What cannot be whole: the rest arrives, and what is missing is counted.

const SERVICES: MeshSpec = { gateway: {}, payroll: {}, ledger: {}, treasury: {}, rates: {} };
const start = (own: MeshSpec = {}): Promise<Mesh> =>
  startMesh({ ...SERVICES, ...own }, { TRACE_SAMPLE_RATE: "0" });
const askLedger: Step = call("ledger", { steps: [call("rates")] });

/** Calls the ledger, and fails at the treasury after something has happened meanwhile. */
async function failAfter(mesh: Mesh, meanwhile: () => Promise<void>): Promise<Outcome> {
  const steps = [askLedger, { hold: "meanwhile" }, call("treasury", BROKEN)];
  const outcome = mesh.ask({ steps: [call("payroll", { steps })] });
  await mesh.service("payroll").holds("meanwhile");
  await meanwhile();
  await mesh.service("payroll").order({ do: "release", hold: "meanwhile" });
  return await outcome;
}

const WITHOUT_THE_LEDGER = [
  "gateway server Unary INTERNAL (root)",
  "  gateway client Unary INTERNAL",
  "    payroll server Unary INTERNAL",
  "      payroll client Unary INTERNAL",
  "        treasury server Unary INTERNAL",
  "      payroll client Unary OK",
];

test("an instance that has gone since it answered", async () => {
  const mesh = await start();
  const seen = await playAndSettle(mesh, () => failAfter(mesh, async () => mesh.service("ledger").kill()), 6);
  expect(seen.shape).toEqual(WITHOUT_THE_LEDGER);
  expectKept(seen.spans);
  expect((await mesh.stats("payroll")).recalls).toMatchObject({ sent: 1, missed: 1 });
});

test("a branch that younger spans have pushed out of the callee's record", async () => {
  const mesh = await start({ ledger: { env: { TRACE_RECORDER_BYTES: "65536" } } });
  const others = async (): Promise<void> => {
    while ((await mesh.stats("ledger")).record.evicted < 10)
      await Promise.all(Array.from({ length: 50 }, () => mesh.ask({}, { to: "ledger" })));
  };
  const seen = await playAndSettle(mesh, () => failAfter(mesh, others), 6);
  expect(seen.shape).toEqual(WITHOUT_THE_LEDGER);
  expectKept(seen.spans);
  expect((await mesh.stats("payroll")).recalls).toMatchObject({ sent: 1, missed: 1 });
});

test("a callee that was cancelled before it ever answered", async () => {
  const mesh = await start();
  const all = [
    planned("ledger", { steps: [{ hold: "works" }] }),
    planned("treasury", { steps: [{ hold: "fails" }], ...BROKEN }),
  ];
  const seen = await playAndSettle(mesh, async () => {
    const outcome = mesh.ask({ steps: [{ all, cancelOthers: true }] });
    await mesh.service("ledger").holds("works");
    await mesh.service("treasury").holds("fails");
    await mesh.service("treasury").order({ do: "release", hold: "fails" });
    return await outcome;
  });
  expect(seen.shape).toEqual([
    "gateway server Unary INTERNAL (root)",
    "  gateway client Unary CANCELLED",
    "  gateway client Unary INTERNAL",
    "    treasury server Unary INTERNAL",
  ]);
  // Until it is given up.
  for (let missed = 0; missed === 0; ) ({ missed } = (await mesh.stats("gateway")).recalls);
  expect((await mesh.stats("gateway")).recalls).toMatchObject({ sent: 0, missed: 1 });
});

test("work that fails after the answer: it reaches what is below it, not its callers", async () => {
  const mesh = await start();
  const aside: Step = { aside: [{ hold: "answered" }, call("treasury", BROKEN)] };
  const seen = await playAndSettle(
    mesh,
    async () => {
      const outcome = await mesh.ask({ steps: [call("payroll", { steps: [askLedger, aside] })] });
      await mesh.service("payroll").holds("answered");
      await mesh.service("payroll").order({ do: "release", hold: "answered" });
      return outcome;
    },
    7,
  );
  expect(seen.outcome.code).toBe(0);
  expect(seen.shape).toEqual([
    "payroll server Unary OK",
    "  payroll client Unary INTERNAL",
    "    treasury server Unary INTERNAL",
    "  payroll client Unary OK",
    "    ledger server Unary OK",
    "      ledger client Unary OK",
    "        rates server Unary OK",
  ]);
  expectKept(seen.spans);
});

test("a callee that fails after its caller has cancelled it: it reaches what is below it, not its callers", async () => {
  const mesh = await start();
  const works: Plan = { steps: [call("ledger"), { hold: "works" }, call("treasury", BROKEN)] };
  const gone: Plan = { steps: [{ hold: "gone" }], fail: { code: 5, details: "no such account" } };
  const all = [planned("payroll", works), planned("rates", gone)];
  const seen = await playAndSettle(
    mesh,
    async () => {
      const outcome = mesh.ask({ steps: [{ all, cancelOthers: true }] });
      await mesh.service("payroll").holds("works");
      await mesh.service("rates").holds("gone");
      await mesh.service("rates").order({ do: "release", hold: "gone" });
      return await outcome;
    },
    5,
  );
  expect(seen.outcome.code).toBe(5);
  expect(seen.shape).toEqual([
    "payroll server Unary CANCELLED",
    "  payroll client Unary INTERNAL",
    "    treasury server Unary INTERNAL",
    "  payroll client Unary OK",
    "    ledger server Unary OK",
  ]);
  expectKept(seen.spans);
});

test("within reach after all: a client that was closed since, whose instance is dialled again", async () => {
  const mesh = await start();
  const closed = call("ledger", { steps: [call("rates")] }, { thenClose: true });
  const plan: Plan = { steps: [call("payroll", { steps: [closed, closed, call("treasury", BROKEN)] })] };
  const seen = await playAndSettle(mesh, () => mesh.ask(plan), 13);
  expect(seen.spans).toHaveLength(13);
  expect((await mesh.stats("payroll")).recalls.missed).toBe(0);
});
