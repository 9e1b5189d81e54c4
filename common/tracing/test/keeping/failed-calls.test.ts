import { expect, test } from "vitest";
import { useMeshPair } from "./harness/mesh-pair.ts";
import { BROKEN, call, type Plan, planned } from "./harness/plan.ts";
import { expectWhole, type Play, playAndSettle, relayedFrom, rootCauses } from "./harness/whole-trace.ts";

const pair = useMeshPair({ gateway: {}, payroll: {}, ledger: {}, treasury: {}, rates: {} });
const own = { fail: { code: 13, details: "the month is closed" } };

/** Two branches that succeed, one of which has called a third service, and then what is given. */
const payrollThen = (...last: Parameters<typeof call>): Plan => ({
  steps: [
    call("rates"),
    call("payroll", {
      steps: [call("ledger", { steps: [call("rates"), call("rates")] }), call(...last)],
    }),
  ],
});

test("the last hop fails after its siblings have succeeded", async () => {
  const kept = await expectWhole(pair, (mesh) => mesh.ask(payrollThen("treasury", BROKEN)));
  expect(kept.spans).toHaveLength(13);
  expect(rootCauses(kept)).toEqual(["treasury server Unary INTERNAL"]);
  expect(relayedFrom(kept)).toEqual([
    "gateway client: treasury Unary INTERNAL",
    "gateway server: treasury Unary INTERNAL",
    "payroll client: treasury Unary INTERNAL",
    "payroll server: treasury Unary INTERNAL",
  ]);
  expect(kept.errors.map(({ tags }) => tags.service)).toEqual(["treasury"]);
});

test("a caller swallows the failure and answers OK: all above it keep their parts, too", async () => {
  const kept = await expectWhole(pair, (mesh) =>
    mesh.ask(payrollThen("treasury", BROKEN, { swallow: true })),
  );
  expect(kept.outcome.code).toBe(0);
  expect(kept.spans).toHaveLength(13);
  expect(rootCauses(kept)).toEqual(["treasury server Unary INTERNAL"]);
  expect(kept.errors).toHaveLength(1);
});

test("a trace that did not fail sends nothing at rate 0, and everything at rate 1", async () => {
  const play: Play = (mesh) => mesh.ask(payrollThen("treasury"));
  expect((await playAndSettle(pair.sampled, play, 13)).spans).toHaveLength(13);
  expect((await playAndSettle(pair.unsampled, play)).shape).toEqual([]);
});

test("an answer such as NOT_FOUND is no failure and keeps nothing", async () => {
  const notFound = { fail: { code: 5, details: "no such account" } };
  const seen = await playAndSettle(pair.unsampled, (mesh) => mesh.ask(payrollThen("treasury", notFound)));
  expect(seen.outcome.code).toBe(5);
  expect(seen.shape).toEqual([]);
  expect(seen.errors).toEqual([]);
});

test.each<[string, (plan: Plan) => Play]>([
  ["a gRPC entry", (plan) => (mesh) => mesh.ask(plan)],
  ["another entry", (plan) => (mesh) => mesh.job(plan)],
])("%s fails after everything below has succeeded", async (_, playing) => {
  const kept = await expectWhole(pair, playing({ ...payrollThen("treasury"), ...own }));
  expect(kept.spans).toHaveLength(13);
  expect(rootCauses(kept)).toEqual([expect.stringContaining("gateway server")]);
  expect(relayedFrom(kept)).toEqual([]);
  expect(kept.errors.map(({ tags }) => tags.service)).toEqual(["gateway"]);
});

test("a service in the middle fails after its callees have succeeded", async () => {
  const kept = await expectWhole(pair, (mesh) =>
    mesh.ask({ steps: [call("rates"), call("payroll", { steps: [call("ledger")], ...own })] }),
  );
  expect(rootCauses(kept)).toEqual(["payroll server Unary INTERNAL"]);
  expect(kept.errors.map(({ tags }) => tags.service)).toEqual(["payroll"]);
});

test("a fan-out of 100 calls to four services, of which one fails", async () => {
  const services = ["payroll", "ledger", "treasury", "rates"];
  const all = Array.from({ length: 100 }, (_value, at) => {
    const below = { steps: [call(services[(at + 1) % 4] as string, at === 57 ? BROKEN : {})] };
    return planned(services[at % 4] as string, below);
  });
  const kept = await expectWhole(pair, (mesh) => mesh.ask({ steps: [{ all }] }));
  expect(kept.spans).toHaveLength(401);
  expect(rootCauses(kept)).toEqual(["treasury server Unary INTERNAL"]);
  expect(kept.errors).toHaveLength(1);
});

test("calls that have an `interceptors` option of their own", async () => {
  const interceptors = { interceptors: true };
  const kept = await expectWhole(pair, (mesh) =>
    mesh.ask({
      steps: [
        call("rates", {}, interceptors),
        call(
          "payroll",
          { steps: [call("ledger", {}, interceptors), call("treasury", BROKEN, interceptors)] },
          interceptors,
        ),
      ],
    }),
  );
  expect(kept.spans).toHaveLength(9);
});

test("a service that is called again by its callee, and one that calls itself", async () => {
  const again = { steps: [call("rates"), call("gateway", { steps: [call("ledger")], ...BROKEN })] };
  const kept = await expectWhole(pair, (mesh) => mesh.ask({ steps: [call("payroll", again)] }));
  expect(rootCauses(kept)).toEqual(["gateway server Unary INTERNAL"]);
  expect(kept.errors).toHaveLength(1);

  const itself = { steps: [call("rates"), call("payroll", { steps: [call("payroll", BROKEN)] })] };
  const self = await expectWhole(pair, (mesh) => mesh.ask({ steps: [call("payroll", itself)] }));
  expect(rootCauses(self)).toEqual(["payroll server Unary INTERNAL"]);
  expect(self.errors).toHaveLength(1);
});

test("the deadline of the request passes at the last hop", async () => {
  const kept = await expectWhole(pair, (mesh) =>
    mesh.ask(payrollThen("treasury", { steps: [call("rates"), { hold: "late" }] }), { deadlineMs: 1_500 }),
  );
  expect(kept.outcome.code).toBe(4);
  expect(kept.spans).toHaveLength(15);
  const late = kept.spans.filter(({ attributes }) => attributes["rpc.status_code"] === "DEADLINE_EXCEEDED");
  expect(late.map(({ status }) => status.code)).toEqual([2, 2, 2, 2, 2]);
  expect(rootCauses(kept)).toHaveLength(1);
  expect(kept.errors).toHaveLength(1);
});

test("the deadline that a caller gave the last hop passes", async () => {
  const hangs = { steps: [call("rates"), { hold: "late" }] };
  const kept = await expectWhole(pair, (mesh) =>
    mesh.ask(payrollThen("treasury", hangs, { deadlineMs: 1_000 })),
  );
  expect(kept.outcome.code).toBe(4);
  expect(kept.spans).toHaveLength(15);
  expect(rootCauses(kept)).toEqual(["payroll client Unary DEADLINE_EXCEEDED"]);
  expect(kept.errors.map(({ tags }) => tags.service)).toEqual(["payroll"]);
});
