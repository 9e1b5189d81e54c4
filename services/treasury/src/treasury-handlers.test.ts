import { credentials, status } from "@grpc/grpc-js";
import { TreasuryServiceClient, TreasuryServiceService } from "@tracekeep/proto/treasury/v1";
import { createLogger, openDatabase, unaryCall } from "@tracekeep/service";
import { startGrpcServer, type TestServer } from "@tracekeep/service/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { migrations, type TreasuryTables } from "./tables.ts";
import { treasuryHandlers } from "./treasury-handlers.ts";

const names = { SERVICE_NAME: "treasury", SERVICE_VERSION: "0.0.0", ENVIRONMENT: "test" };
const logger = createLogger({ ...names, LOG_LEVEL: "silent" });

let database: Awaited<ReturnType<typeof openDatabase<TreasuryTables>>>;
let server: TestServer;
let client: TreasuryServiceClient;

beforeAll(async () => {
  database = await openDatabase<TreasuryTables>({ path: ":memory:", migrations });
  server = await startGrpcServer(TreasuryServiceService, treasuryHandlers({ database, logger }));
  client = new TreasuryServiceClient(server.address, credentials.createInsecure());
});
afterAll(async () => {
  client.close();
  await server[Symbol.asyncDispose]();
  await database.destroy();
});

function options(signal = new AbortController().signal) {
  return { scope: { signal, deadline: Number.POSITIVE_INFINITY }, timeoutMs: 20_000 };
}

function validate(
  request: { currency?: string; institution?: string; holderName?: string },
  signal?: AbortSignal,
) {
  const whole = { currency: "EUR", institution: "NORDBANK", holderName: "Ada Lovelace", ...request };
  return unaryCall(client, client.validateAccount, whole, options(signal));
}

test("lists the currencies, by code, with their minor units", async () => {
  const { currencies } = await unaryCall(client, client.listCurrencies, {}, options());
  const codes = currencies.map(({ code }) => code);
  expect(codes).toEqual(expect.arrayContaining(["CHF", "EUR", "GBP", "USD"]));
  expect(codes).toEqual([...codes].sort());
  expect(currencies).toContainEqual({ code: "JPY", name: "Yen", minorUnits: 0 });
});

test("lists the institutions, by code", async () => {
  const { institutions } = await unaryCall(client, client.listInstitutions, {}, options());
  expect(institutions.map(({ code }) => code)).toEqual(["DOWNBANK", "NORDBANK", "SLOWBANK"]);
});

test("validates an account at an institution that is up", async () => {
  expect(await validate({})).toEqual({
    currency: { code: "EUR", name: "Euro", minorUnits: 2 },
    institution: { code: "NORDBANK", name: "Nordbank" },
  });
});

test.each([
  [{ currency: "XXX" }, 'unknown currency "XXX"'],
  [{ currency: "eur" }, 'unknown currency "eur"'],
  [{ institution: "NOBANK" }, 'unknown institution "NOBANK"'],
  [{ holderName: "  " }, "holder_name is empty"],
])("refuses %o", async (request, message) => {
  await expect(validate(request)).rejects.toMatchObject({
    code: status.INVALID_ARGUMENT,
    message: expect.stringContaining(message),
  });
});

test("an institution that is down is UNAVAILABLE, by name", async () => {
  await expect(validate({ institution: "DOWNBANK" })).rejects.toMatchObject({
    code: status.UNAVAILABLE,
    message: "bank DOWNBANK is not reachable",
  });
});

test("a slow institution answers in the end", async () => {
  const { institution } = await validate({ institution: "SLOWBANK" });
  expect(institution?.code).toBe("SLOWBANK");
});
