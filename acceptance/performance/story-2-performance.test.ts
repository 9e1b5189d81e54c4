import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { SHARED_KEY, traceDraw } from "../../common/tracing/src/sampling/index.ts";
import {
  KIND,
  openAccount,
  type Stack,
  serviceOf,
  startStack,
  type TestIntake,
  traceOf,
} from "../harness/stack.ts";
import { callsIn, mappedCalls } from "./harness/calls.ts";
import { everyRequest } from "./harness/every-request.ts";
import { arrivedOf, estimatedCalls, makeRequests, TRACE_IDS } from "./harness/seeded-requests.ts";
import { contributionsOf, largestOf, rootOf, slowestOf } from "./harness/self-times.ts";
import { startSlowStack } from "./harness/slow-stack.ts";
import { wholeTrace } from "./harness/whole-trace.ts";

// Story 2: service performance analysis. What only Sentry can show is here as far as it depends on what Sentry is sent.

const RELEASE = "1.4.0";
const SETTINGS = {
  ENVIRONMENT: "production",
  SERVICE_VERSION: RELEASE,
  // As between services of one's own: a gateway that strangers call draws by a key that they cannot know.
  TRACE_TRUST_REMOTE: "all",
};

let stack: Stack;
beforeAll(async () => {
  stack = await startStack(SETTINGS);
});
afterAll(() => stack?.stop());

test("Each service's contribution to overall request latency is visible", { retry: 3 }, async () => {
  const { traceId } = await openAccount(stack.gateway);
  const spans = await wholeTrace(stack.intake, traceId);
  const contributions = contributionsOf(spans);
  expect([...contributions.keys()].sort()).toEqual([
    "gateway",
    "gateway → ledger",
    "ledger",
    "ledger → treasury",
    "treasury",
  ]);
  for (const [part, milliseconds] of contributions) expect(milliseconds, part).toBeGreaterThan(0);
  // Nothing is left over, and nothing counted twice; processes may differ a little in what time it is.
  const { start, end } = rootOf(spans);
  const sum = [...contributions.values()].reduce((total, part) => total + part, 0);
  expect(Math.abs(sum - (end - start) / 1_000)).toBeLessThan(5);
});

test("Service call dependencies are clearly mapped", async () => {
  const traceIds = await everyRequest(stack, "mapped");
  for (const traceId of traceIds) await wholeTrace(stack.intake, traceId);
  const spans = stack.intake.spans.filter(({ traceId }) => traceIds.includes(traceId));
  expect(callsIn(spans)).toEqual({
    "gateway → ledger ledger.v1.LedgerService/CreateAccount": 3,
    "ledger → treasury treasury.v1.TreasuryService/ValidateAccount": 3,
    "gateway → ledger ledger.v1.LedgerService/GetAccount": 1,
    "gateway → treasury treasury.v1.TreasuryService/Transfer": 1,
    "gateway → payroll payroll.v1.PayrollService/RunPayroll": 1,
    "payroll → ledger ledger.v1.LedgerService/BatchGetAccounts": 1,
    "payroll → treasury treasury.v1.TreasuryService/Transfer": 2,
    "payroll → ledger ledger.v1.LedgerService/PostTransaction": 2,
  });
  // Whom a call went to stands on the caller's span, too, where the callee sends nothing.
  for (const span of spans.filter(
    ({ kind, attributes }) => kind === KIND.client && "rpc.method" in attributes,
  )) {
    const callee = spans.find(({ parentSpanId }) => parentSpanId === span.spanId);
    const service = callee && (serviceOf(callee) as "ledger" | "payroll" | "treasury");
    const { "server.address": host, "server.port": port, ...attributes } = span.attributes;
    expect(`${host}:${port}`, span.name).toBe(service && stack[service].address);
    expect(attributes).toMatchObject({
      "sentry.op": "rpc.client",
      "rpc.system.name": "grpc",
      "rpc.method": span.name,
      "rpc.service": span.name.split("/")[0],
    });
  }
  expect(mappedCalls(stack.intake, traceIds)).toEqual({
    "gateway → ledger": 4,
    "gateway → payroll": 1,
    "gateway → treasury": 1,
    "ledger → treasury": 3,
    "payroll → ledger": 3,
    "payroll → treasury": 2,
  });
});

test("Performance anomalies are identifiable across services", async () => {
  await using slow = await startSlowStack({
    TRACE_SAMPLE_RATE: "0",
    TRACE_KEEP_SLOW_MS: "2000",
    // They wait for what is slow.
    LEDGER_TIMEOUT_MS: "30000",
    TREASURY_TIMEOUT_MS: "30000",
  });
  const { intake, gateway, way } = slow;
  // The first one is not the usual one.
  await openAccount(gateway);
  const usual = await openAccount(gateway);
  // A bank that takes three seconds, then a network that takes more than two.
  const atTheBank = await openAccount(gateway, { institution: "SLOWBANK" });
  way.delayMs = 1_100;
  const onTheWay = await openAccount(gateway);

  const bank = await wholeTrace(intake, atTheBank.traceId);
  expect(slowestOf(bank)).toBe("treasury ask institution");
  expect(largestOf(contributionsOf(bank))).toBe("treasury");
  const network = await wholeTrace(intake, onTheWay.traceId);
  expect(slowestOf(network)).toBe("ledger treasury.v1.TreasuryService/ValidateAccount");
  expect(largestOf(contributionsOf(network))).toBe("ledger → treasury");
  // They were kept since they are slow, by whoever has noticed, and by all who were asked.
  for (const { name, attributes } of [...bank, ...network])
    expect(attributes, name).toMatchObject({
      "tracekeep.keep.reason": "slow",
      "sentry.client_sample_rate": 1,
    });
  expect(traceOf(intake, usual.traceId)).toEqual([]);
}, 60_000);

test("Historical performance trends are available in Sentry.io", async () => {
  const traceIds = [...(await everyRequest(stack, "first")), ...(await everyRequest(stack, "second"))];
  for (const traceId of traceIds) await wholeTrace(stack.intake, traceId);
  const spans = stack.intake.spans.filter(({ traceId }) => traceIds.includes(traceId));
  const of = (ids: readonly string[]) => spans.filter(({ traceId }) => ids.includes(traceId));
  const seriesOf = (ids: readonly string[]) =>
    [
      ...new Set(of(ids).map((span) => `${serviceOf(span)} ${span.attributes["sentry.op"]} ${span.name}`)),
    ].sort();
  // A trend is of spans with one name: requests with other ids have the same ones.
  const half = traceIds.length / 2;
  expect(seriesOf(traceIds.slice(half))).toEqual(seriesOf(traceIds.slice(0, half)));
  // What Sentry draws it from: releases and environments to compare, time and duration, and how many a span stands for.
  const now = Date.now() * 1_000;
  for (const { name, start, end, attributes, resource } of spans) {
    expect(attributes, name).toMatchObject({ "sentry.release": RELEASE, "sentry.client_sample_rate": 1 });
    expect(resource).toMatchObject({
      "service.version": RELEASE,
      "deployment.environment.name": "production",
    });
    expect(end).toBeGreaterThan(start);
    expect(now - start, "microseconds since the start").toBeLessThan(600e6);
  }
  // Its transactions are the first spans of a trace in each service: with a name and an operation.
  const segments = spans.filter(
    ({ parentSpanId, flags }) => parentSpanId === "" || (flags & 0x300) === 0x300,
  );
  const transactions = segments.map(({ name, attributes }) => `${attributes["sentry.op"]} ${name}`);
  expect([...new Set(transactions)].sort()).toEqual([
    "http.server GET /accounts/:id",
    "http.server POST /accounts",
    "http.server POST /payroll-runs",
    "http.server POST /transfers",
    "rpc.server ledger.v1.LedgerService/BatchGetAccounts",
    "rpc.server ledger.v1.LedgerService/CreateAccount",
    "rpc.server ledger.v1.LedgerService/GetAccount",
    "rpc.server ledger.v1.LedgerService/PostTransaction",
    "rpc.server payroll.v1.PayrollService/RunPayroll",
    "rpc.server treasury.v1.TreasuryService/Transfer",
    "rpc.server treasury.v1.TreasuryService/ValidateAccount",
  ]);
});

test("Sampling ensures representative performance data without overwhelming the system", async () => {
  const rate = 0.1;
  const before = bytesOf(stack.intake);
  await makeRequests(stack);
  const sampling = await startStack({ ...SETTINGS, TRACE_SAMPLE_RATE: String(rate) });
  onTestFinished(async () => void (await sampling.stop()));
  await makeRequests(sampling);
  await sampling.stop();
  await stack.stop();

  // What is sent is drawn by trace id: whatever a trace is like, it has the same chance.
  const sampled = TRACE_IDS.filter((traceId) => traceDraw(traceId, SHARED_KEY) < rate);
  const arrived = arrivedOf(sampling.intake);
  expect(new Set(arrived.map(({ traceId }) => traceId))).toEqual(new Set(sampled));
  expect(Math.abs(sampled.length / TRACE_IDS.length / rate - 1)).toBeLessThan(0.15);

  const truth = estimatedCalls(arrivedOf(stack.intake));
  expect(truth.get("gateway served POST /accounts")).toBe(TRACE_IDS.length / 4);
  expect(truth.get("gateway served GET /accounts/:id")).toBe((TRACE_IDS.length / 4) * 3);
  const estimates = estimatedCalls(arrived);
  expect([...estimates.keys()].sort()).toEqual([...truth.keys()].sort());
  for (const [call, count] of truth)
    expect(Math.abs((estimates.get(call) ?? 0) / count - 1), call).toBeLessThan(0.15);

  const share = bytesOf(sampling.intake) / (bytesOf(stack.intake) - before);
  expect(share, "the bytes that are sent, of those at rate 1").toBeLessThan(1.5 * rate);
}, 60_000);

function bytesOf({ requests }: TestIntake): number {
  return requests.reduce((sum, { body }) => sum + body.length, 0);
}
