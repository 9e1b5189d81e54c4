import { request as httpRequest } from "node:http";
import { type LedgerServiceServer, LedgerServiceService } from "@tracekeep/proto/ledger/v1";
import { type TreasuryServiceServer, TreasuryServiceService } from "@tracekeep/proto/treasury/v1";
import { startGrpcServer, startService } from "@tracekeep/service/testing";
import { type Intake, startIntake } from "tracekeep-viewer";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  ada,
  entryOf,
  errorsOf,
  gatewayMain,
  hasEntry,
  ledgerMain,
  newTraceId,
  post,
  settingsFor,
  spansOf,
  startTracedServices,
  traceparent,
} from "./testing/traced-services.ts";

let intake: Intake;
beforeAll(async () => {
  intake = await startIntake();
});
afterAll(() => intake.close());

test("a failure behind the gateway marks its span as an error, and is one Sentry error: where it began", async () => {
  const { gateway, stop } = await startTracedServices(intake);
  const { status, traceId } = await post(gateway, { ...ada, institution: "DOWNBANK" });
  expect(status).toBe(503);
  const trace = await intake.waitForTrace(traceId, hasEntry);
  expect(entryOf(trace)).toMatchObject({ status: "error", statusMessage: "bank DOWNBANK is not reachable" });
  await stop();
  expect(errorsOf(intake, traceId)).toMatchObject([{ tags: { service: "treasury" } }]);
});

test("a mistake in the gateway says nothing to the client, all to the log, and is one Sentry error", async () => {
  const handlers: LedgerServiceServer = {
    createAccount: (_, callback) => callback(null, { account: undefined }),
    getAccount: () => {},
    batchGetAccounts: () => {},
    listAccounts: () => {},
    postTransaction: () => {},
    streamEntries: () => {},
    importTransactions: () => {},
  };
  await using forgetful = await startGrpcServer(LedgerServiceService, handlers);
  await using confused = await startService(gatewayMain, {
    ...settingsFor(intake),
    LEDGER_ADDRESS: forgetful.address,
  });
  const { status, traceId } = await post(confused, ada);
  expect(status).toBe(500);
  expect(await confused.line("the request failed")).toMatchObject({
    level: "error",
    trace_id: traceId,
    err: { message: "the ledger answered without an account" },
  });
  await confused.stop();
  expect(errorsOf(intake, traceId)).toMatchObject([
    { tags: { service: "gateway" }, exceptions: [{ value: "the ledger answered without an account" }] },
  ]);
});

test("a mistake of the client leaves the gateway's span without an error, and makes no Sentry error", async () => {
  const { gateway, stop } = await startTracedServices(intake);
  const { status, traceId } = await post(gateway, { ...ada, currency: "XXX" });
  expect(status).toBe(400);
  await stop();
  const trace = await intake.waitForTrace(traceId, hasEntry);
  expect(entryOf(trace)?.status).toBe("unset");
  expect(errorsOf(intake, traceId)).toEqual([]);
});

test("a client that hangs up cancels the calls made for it", async () => {
  const asked = Promise.withResolvers<void>();
  const cancelled = Promise.withResolvers<void>();
  const handlers: TreasuryServiceServer = {
    listCurrencies: () => {},
    listInstitutions: () => {},
    transfer: () => {},
    watchRates: () => {},
    validateAccount: (call) => {
      call.on("cancelled", () => cancelled.resolve());
      asked.resolve();
    },
  };
  await using silent = await startGrpcServer(TreasuryServiceService, handlers);
  await using patient = await startService(ledgerMain, {
    ...settingsFor(intake),
    TREASURY_ADDRESS: silent.address,
  });
  await using entrance = await startService(gatewayMain, {
    ...settingsFor(intake),
    LEDGER_ADDRESS: patient.address,
  });

  const traceId = newTraceId();
  const headers = { traceparent: traceparent(traceId) };
  const client = httpRequest(`http://${entrance.address}/accounts`, { method: "POST", headers });
  client.on("error", () => {});
  client.end(JSON.stringify(ada));
  await asked.promise;
  client.destroy();
  await cancelled.promise;

  const trace = await intake.waitForTrace(traceId, (sofar) => sofar.nodes.length === 5);
  expect(entryOf(trace)).toMatchObject({ status: "unset", attributes: { "http.response.status_code": 499 } });
  const rpcs = spansOf(trace).filter(({ name }) => name.includes("Service/"));
  expect(rpcs.map(({ attributes }) => attributes["rpc.status_code"])).toEqual(Array(3).fill("CANCELLED"));
});
