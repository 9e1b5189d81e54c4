import { request as httpRequest } from "node:http";
import { type PayrollServiceServer, PayrollServiceService } from "@tracekeep/proto/payroll/v1";
import { startGrpcServer, startService } from "@tracekeep/service/testing";
import { type Intake, startIntake } from "tracekeep-viewer";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  ada,
  gatewayMain,
  newTraceId,
  post,
  settingsFor,
  spansOf,
  startTracedServices,
  type TracedServices,
  traceparent,
} from "./testing/traced-services.ts";

let intake: Intake;
let services: TracedServices;

beforeAll(async () => {
  intake = await startIntake();
  services = await startTracedServices(intake);
  const accounts = [
    { ...ada, id: "funds", kind: "internal" },
    ...["ann", "bob", "cy"].map((id) => ({ ...ada, id })),
  ];
  for (const account of accounts) expect((await post(services.gateway, account)).status).toBe(201);
});
afterAll(async () => {
  await services?.stop();
  await intake?.close();
});

const salary = (employeeId: string, institution = "NORDBANK", accountId = employeeId) => ({
  employeeId,
  accountId,
  institution,
  amount: 1_000,
});
const run = {
  currency: "EUR",
  fundingAccountId: "funds",
  fundingInstitution: "NORDBANK",
  employees: [salary("ann"), salary("bob", "DOWNBANK"), salary("cy")],
};

async function startRun(payroll: object, key: string = crypto.randomUUID()) {
  const response = await fetch(`http://${services.gateway.address}/payroll-runs`, {
    method: "POST",
    body: JSON.stringify(payroll),
    headers: { "idempotency-key": key },
  });
  const lines = (await response.text()).trimEnd().split("\n");
  return {
    status: response.status,
    contentType: response.headers.get("content-type"),
    traceId: response.headers.get("x-trace-id") ?? "",
    lines: lines.map((line): Record<string, unknown> => JSON.parse(line)),
  };
}

async function get(path: string) {
  const response = await fetch(`http://${services.gateway.address}${path}`);
  return { status: response.status, body: JSON.parse(await response.text()) };
}

test("a run tells each payment and its reason in a line, and can be read afterwards", async () => {
  const before = (await get("/accounts/ann")).body.balance;
  const { status, contentType, lines } = await startRun(run);
  expect(status).toBe(200);
  expect(contentType).toBe("application/x-ndjson");
  expect(lines[0]).toMatchObject({ type: "started", employees: 3 });
  expect(lines.slice(1, -1)).toEqual(
    expect.arrayContaining([
      { type: "payment", employeeId: "ann", status: "PAID" },
      {
        type: "payment",
        employeeId: "bob",
        status: "FAILED",
        reason: "UNAVAILABLE: bank DOWNBANK is not reachable",
      },
      { type: "payment", employeeId: "cy", status: "PAID" },
    ]),
  );
  const summary = { employees: 3, paid: 2, alreadyPaid: 0, failed: 1, pending: 0, amountPaid: 2_000 };
  expect(lines.at(-1)).toEqual({ type: "summary", ...summary });

  expect((await get("/accounts/ann")).body.balance).toBe(before + 1_000);
  expect(await get(`/payroll-runs/${lines[0]?.runId}`)).toMatchObject({
    status: 200,
    body: {
      currency: "EUR",
      summary,
      payments: [
        { employeeId: "ann", status: "PAID" },
        { employeeId: "bob", status: "FAILED" },
        { employeeId: "cy", status: "PAID" },
      ],
    },
  });
});

test("the request's span lasts as long as the stream, above the spans of all four services", async () => {
  const { traceId } = await startRun({ ...run, employees: [salary("ann"), salary("cy")] });
  const trace = await intake.waitForTrace(
    traceId,
    ({ nodes }) => nodes.filter(({ span }) => span.kind === "server").length === 7,
  );
  expect(trace.roots.map(({ span }) => span.name)).toEqual(["POST /payroll-runs"]);
  expect(new Set(trace.services)).toEqual(new Set(["gateway", "payroll", "treasury", "ledger"]));
  const [entry, call] = spansOf(trace);
  expect(call).toMatchObject({ service: "gateway", name: "payroll.v1.PayrollService/RunPayroll" });
  expect(entry?.endNanos).toBeGreaterThanOrEqual(call?.endNanos ?? 0n);
});

test("a run repeated with the same key pays nobody twice", async () => {
  const key = crypto.randomUUID();
  await startRun(run, key);
  const { body: before } = await get("/accounts/cy");
  const { lines } = await startRun(run, key);
  expect(lines.at(-1)).toMatchObject({ paid: 0, alreadyPaid: 2, failed: 1, amountPaid: 2_000 });
  expect((await get("/accounts/cy")).body).toEqual(before);
});

test.each([
  [{ ...run, employees: [] }, 400, "payroll.employees is empty"],
  [{ ...run, employees: [salary("ann"), salary("ann")] }, 400, "has ann more than once"],
  [
    { ...run, employees: [{ ...salary("ann"), amount: 0.5 }] },
    400,
    "employees[0].amount must be a whole number of minor units",
  ],
  [{ ...run, employees: "all" }, 400, "employees must be a list"],
])("a run of %o is refused with %i", async (payroll, status, message) => {
  const answer = await startRun(payroll);
  expect(answer.status).toBe(status);
  expect(answer.lines).toMatchObject([{ error: { message: expect.stringContaining(message) } }]);
});

test("a key that was used for another run is a conflict", async () => {
  const key = crypto.randomUUID();
  await startRun(run, key);
  const { status } = await startRun({ ...run, employees: [salary("ann")] }, key);
  expect(status).toBe(409);
});

test("a run that nobody knows is not found", async () => {
  expect((await get("/payroll-runs/none")).status).toBe(404);
});

test("a client that leaves cancels the run's call, and is nobody's failure", async () => {
  const cancelled = Promise.withResolvers<void>();
  const handlers: PayrollServiceServer = {
    runPayroll: (call) => {
      call.on("cancelled", () => cancelled.resolve());
      call.write({ started: { runId: "r", employees: 1 } });
    },
    getPayrollRun: () => {},
  };
  await using slow = await startGrpcServer(PayrollServiceService, handlers);
  await using entrance = await startService(gatewayMain, {
    ...settingsFor(intake),
    PAYROLL_ADDRESS: slow.address,
  });
  const traceId = newTraceId();
  const headers = { traceparent: traceparent(traceId), "idempotency-key": "k" };
  const client = httpRequest(`http://${entrance.address}/payroll-runs`, { method: "POST", headers });
  client.on("error", () => {});
  client.on("response", (response) => response.once("data", () => client.destroy()));
  client.end(JSON.stringify(run));
  await cancelled.promise;

  const trace = await intake.waitForTrace(traceId, ({ nodes }) => nodes.length === 2);
  expect(spansOf(trace)).toMatchObject([
    { name: "POST /payroll-runs", status: "unset", attributes: { "http.response.status_code": 499 } },
    { name: "payroll.v1.PayrollService/RunPayroll", attributes: { "rpc.status_code": "CANCELLED" } },
  ]);
});

test("a run that breaks off ends with the error, which the span has, too", async () => {
  const handlers: PayrollServiceServer = {
    runPayroll: (call) => {
      call.write({ started: { runId: "r", employees: 1 } });
      call.emit("error", { code: 14, details: "the database is gone" });
    },
    getPayrollRun: () => {},
  };
  await using broken = await startGrpcServer(PayrollServiceService, handlers);
  await using entrance = await startService(gatewayMain, {
    ...settingsFor(intake),
    PAYROLL_ADDRESS: broken.address,
  });
  const response = await fetch(`http://${entrance.address}/payroll-runs`, {
    method: "POST",
    body: JSON.stringify(run),
    headers: { "idempotency-key": "k" },
  });
  const text = await response.text();
  expect(JSON.parse(text.trimEnd().split("\n").at(-1) ?? "")).toMatchObject({
    type: "error",
    error: {
      code: "UNAVAILABLE",
      message:
        "the run has broken off: repeat the request with the same Idempotency-Key, and it goes on where it stopped",
    },
  });
  expect(text).not.toContain("database");
  const traceId = response.headers.get("x-trace-id") ?? "";
  const trace = await intake.waitForTrace(traceId, ({ nodes }) => nodes.length === 2);
  expect(spansOf(trace)[0]).toMatchObject({ status: "error", statusMessage: "the database is gone" });
});

test("a gateway that stops before a run has ended tells the client what to do, and ends as usual", async () => {
  const handlers: PayrollServiceServer = {
    runPayroll: (call) => void call.write({ started: { runId: "r", employees: 1 } }),
    getPayrollRun: () => {},
  };
  await using endless = await startGrpcServer(PayrollServiceService, handlers);
  await using entrance = await startService(gatewayMain, {
    PAYROLL_ADDRESS: endless.address,
    SHUTDOWN_TIMEOUT_MS: "3000",
  });
  const response = await fetch(`http://${entrance.address}/payroll-runs`, {
    method: "POST",
    body: JSON.stringify(run),
    headers: { "idempotency-key": "k" },
  });
  const exitCode = entrance.stop();
  const [, last = ""] = (await response.text()).trimEnd().split("\n");
  expect(JSON.parse(last)).toMatchObject({
    type: "error",
    error: { code: "UNAVAILABLE", message: expect.stringContaining("same Idempotency-Key") },
  });
  expect(await exitCode).toBe(0);
});
