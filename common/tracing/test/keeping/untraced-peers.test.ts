import { expect, test } from "vitest";
import { startMesh } from "./harness/mesh.ts";
import { startPlainPeer } from "./harness/plain-peer.ts";
import { BROKEN, call, type Plan } from "./harness/plan.ts";
import { shapeOf } from "./harness/trace-shape.ts";
import { expectKept, playAndSettle } from "./harness/whole-trace.ts";

const RATE_0 = { TRACE_SAMPLE_RATE: "0" };
/** The payroll is not traced: it calls the ledger, which succeeds, and the treasury, which fails. */
const throughPayroll: Plan = {
  steps: [call("rates"), call("payroll", { steps: [call("ledger"), call("treasury", BROKEN)] })],
};
const meshAround = (payroll: Record<string, string>) =>
  startMesh(
    { gateway: {}, payroll: { env: { UNTRACED: "1", ...payroll } }, ledger: {}, treasury: {}, rates: {} },
    RATE_0,
  );
const gatewaysPart = [
  "gateway server Unary INTERNAL (root)",
  "  gateway client Unary INTERNAL",
  "  gateway client Unary OK",
  "    rates server Unary OK",
];

test("a service in the middle that forwards no headers: the trace above it is whole, and so is the one below", async () => {
  const mesh = await meshAround({});
  const above = await playAndSettle(mesh, (at) => at.ask(throughPayroll), 4);
  expect(above.shape).toEqual(gatewaysPart);
  const below = mesh.intake.spans.filter(({ traceId }) => traceId !== above.outcome.traceId);
  expect(shapeOf(below)).toEqual(["treasury server Unary INTERNAL (root)"]);
  expectKept(mesh.intake.spans);
});

test("a service in the middle that forwards all metadata: what fails below is in the caller's trace", async () => {
  const mesh = await meshAround({ FORWARDS: "1" });
  const seen = await playAndSettle(mesh, (at) => at.ask(throughPayroll), 5);
  expect(seen.shape).toEqual([
    "gateway server Unary INTERNAL (root)",
    "  gateway client Unary INTERNAL",
    "    treasury server Unary INTERNAL",
    "  gateway client Unary OK",
    "    rates server Unary OK",
  ]);
  expectKept(seen.spans);
  expect(mesh.intake.spans).toHaveLength(5);
  expect(seen.errors.map(({ tags }) => tags.service)).toEqual(["treasury"]);
});

test("a peer without Tracekeep never gets a recall", async () => {
  const peer = await startPlainPeer();
  const mesh = await startMesh(
    { gateway: { routes: () => ({ bank: { address: peer.address } }) }, treasury: {}, rates: {} },
    RATE_0,
  );
  const plan: Plan = { steps: [call("bank"), call("bank"), call("rates"), call("treasury", BROKEN)] };
  const kept = await playAndSettle(mesh, (at) => at.ask(plan), 7);
  expect(kept.spans).toHaveLength(7);
  await mesh.ask(plan);
  await mesh.settle();
  expect(peer.requests.map((headers) => headers[":path"])).toEqual(
    Array.from({ length: 4 }, () => "/probe.v1.ProbeService/Unary"),
  );
  // It has nothing that could be missing.
  expect((await mesh.stats("gateway")).recalls.missed).toBe(0);
});

test("a peer without Tracekeep learns by the sampled flag that the trace is kept from now on", async () => {
  const peer = await startPlainPeer();
  const mesh = await startMesh({ gateway: { routes: () => ({ bank: { address: peer.address } }) } }, RATE_0);
  await mesh.ask({ steps: [call("bank"), { keep: "audit" }, call("bank")] });
  const flags = peer.requests.map((headers) => [
    String(headers.traceparent).slice(-3),
    String(headers["sentry-trace"]).slice(-2),
    headers.tracestate,
  ]);
  expect(flags).toEqual([
    ["-00", "-0", undefined],
    ["-01", "-1", "ot=th:00000000000000"],
  ]);
});
