import { inspect } from "node:util";
import { type ServiceProcess, startService } from "@tracekeep/service/testing";
import { type Intake, startIntake } from "tracekeep-viewer";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  ada,
  entryOf,
  gatewayMain,
  hasEntry,
  newTraceId,
  post,
  settingsFor,
  spansOf,
  startTracedServices,
  type TracedServices,
  traceparent,
} from "./testing/traced-services.ts";

let services: TracedServices;
let intake: Intake;
let gateway: ServiceProcess;

beforeAll(async () => {
  intake = await startIntake();
  services = await startTracedServices(intake);
  gateway = services.gateway;
});
afterAll(async () => {
  await services?.stop();
  await intake?.close();
});

const createAccount = "ledger.v1.LedgerService/CreateAccount";
const validateAccount = "treasury.v1.TreasuryService/ValidateAccount";

test("the answer names the trace, whose spans are those of all three services", async () => {
  const { traceId } = await post(gateway, ada);
  const trace = await intake.waitForTrace(traceId, ({ nodes }) => nodes.length === 10);
  expect(
    trace.nodes.map(({ depth, span }) => `${"  ".repeat(depth)}${span.service} ${span.kind} ${span.name}`),
  ).toEqual([
    "gateway server POST /accounts",
    `  gateway client ${createAccount}`,
    `    ledger server ${createAccount}`,
    "      ledger internal open account",
    `        ledger client ${validateAccount}`,
    `          treasury server ${validateAccount}`,
    "            treasury client SELECT currencies",
    "            treasury client SELECT institutions",
    "            treasury internal ask institution",
    "        ledger client INSERT accounts",
  ]);
  expect(trace.failed).toBe(false);
  expect(trace.nodes[0]?.span.attributes).toMatchObject({
    "http.request.method": "POST",
    "http.route": "/accounts",
    "url.path": "/accounts",
    "http.response.status_code": 201,
  });
});

test("no span holds what was sent", async () => {
  const { traceId } = await post(gateway, { ...ada, name: "Grace Hopper" });
  const trace = await intake.waitForTrace(traceId, ({ nodes }) => nodes.length === 10);
  const text = inspect(spansOf(trace), { depth: 9, maxArrayLength: null });
  expect(text).toContain("insert into");
  expect(text).not.toContain("Grace");
});

test("a span is named by its route, not by the id in its path", async () => {
  const response = await fetch(`http://${gateway.address}/accounts/4711`);
  const traceId = response.headers.get("x-trace-id") ?? "";
  const trace = await intake.waitForTrace(traceId, ({ nodes }) => nodes.length === 4);
  expect(trace.roots[0]?.span).toMatchObject({
    name: "GET /accounts/:id",
    status: "unset",
    attributes: { "url.path": "/accounts/4711" },
  });
});

test.each([
  ["traceparent", traceparent],
  ["sentry-trace", (id: string) => `${id}-00f067aa0ba902b7-1`],
])("a browser's %s goes on", async (header, write) => {
  const id = newTraceId();
  const { traceId } = await post(gateway, ada, { [header]: write(id) });
  expect(traceId).toBe(id);
  const trace = await intake.waitForTrace(id, hasEntry);
  expect(entryOf(trace)?.parentSpanId).toBe("00f067aa0ba902b7");
});

test("a stranger cannot have a trace sampled", async () => {
  await using quiet = await startService(gatewayMain, { ...settingsFor(intake), TRACE_SAMPLE_RATE: "0" });
  const id = newTraceId();
  const headers = { traceparent: traceparent(id), "sentry-trace": `${id}-00f067aa0ba902b7-1` };
  const { traceId } = await post(quiet, {}, headers);
  expect(traceId).toBe(id);
  expect(await quiet.stop()).toBe(0);
  expect(intake.trace(id)).toBeUndefined();
});
