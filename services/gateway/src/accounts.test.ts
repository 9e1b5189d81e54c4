import { type ServiceProcess, startService } from "@tracekeep/service/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ada, gatewayMain, ledgerMain, treasuryMain } from "./testing/traced-services.ts";

let treasury: ServiceProcess;
let ledger: ServiceProcess;
let gateway: ServiceProcess;

beforeAll(async () => {
  treasury = await startService(treasuryMain);
  ledger = await startService(ledgerMain, {
    TREASURY_ADDRESS: treasury.address,
    TREASURY_TIMEOUT_MS: "500",
  });
  gateway = await startService(gatewayMain, { LEDGER_ADDRESS: ledger.address });
});
afterAll(async () => {
  await gateway?.stop();
  await ledger?.stop();
  await treasury?.stop();
});

async function request(path: string, init: RequestInit = {}) {
  const response = await fetch(`http://${gateway.address}${path}`, init);
  return { status: response.status, headers: response.headers, body: JSON.parse(await response.text()) };
}

function post(account: object) {
  return request("/accounts", { method: "POST", body: JSON.stringify(account) });
}

test("an account that was created can be read where location says", async () => {
  const created = await post(ada);
  expect(created).toMatchObject({ status: 201, body: ada });
  expect(created.headers.get("content-type")).toContain("application/json");
  const read = await request(created.headers.get("location") ?? "");
  expect(read).toMatchObject({ status: 200, body: created.body });
  expect(read.body.id).not.toBe("");
  expect(new Date(read.body.createTime).toISOString()).toBe(read.body.createTime);
});

test.each([
  [{ ...ada, currency: "XXX" }, 400, "INVALID_ARGUMENT", 'unknown currency "XXX"'],
  [{ ...ada, name: "" }, 400, "INVALID_ARGUMENT", "name is empty"],
  [
    { name: 7, currency: "EUR" },
    400,
    "INVALID_ARGUMENT",
    "name must be a string; institution must be a string",
  ],
  [{ ...ada, kind: "secret" }, 400, "INVALID_ARGUMENT", "kind must be customer or internal"],
  [[], 400, "INVALID_ARGUMENT", "the body"],
  [{ ...ada, institution: "DOWNBANK" }, 503, "UNAVAILABLE", "not available"],
  [{ ...ada, institution: "SLOWBANK" }, 504, "DEADLINE_EXCEEDED", "did not answer in time"],
])("POST /accounts with %o answers %i", async (account, status, code, message) => {
  const answer = await post(account);
  expect(answer).toMatchObject({
    status,
    body: { error: { code, message: expect.stringContaining(message) } },
  });
});

test("a request repeated with the same Idempotency-Key opens no second account", async () => {
  const init = { method: "POST", body: JSON.stringify(ada), headers: { "idempotency-key": "open ada" } };
  const first = await request("/accounts", init);
  expect(first.body).toMatchObject({ kind: "customer", balance: 0 });
  expect((await request("/accounts", init)).body).toEqual(first.body);
  const other = { ...init, body: JSON.stringify({ ...ada, name: "Grace Hopper" }) };
  expect((await request("/accounts", other)).status).toBe(409);
});

test("an id that is taken is a conflict", async () => {
  await post({ ...ada, id: "taken" });
  expect(await post({ ...ada, id: "taken" })).toMatchObject({
    status: 409,
    body: { error: { code: "ALREADY_EXISTS" } },
  });
});

test.each([
  ["GET", "/accounts/nobody", 'there is no account "nobody"'],
  ["GET", "/nothing", "there is no GET /nothing"],
  ["DELETE", "/accounts/nobody", "there is no DELETE /accounts/nobody"],
])("%s %s is not found", async (method, path, message) => {
  expect(await request(path, { method })).toMatchObject({
    status: 404,
    body: { error: { code: "NOT_FOUND", message } },
  });
});

test("a body that is not JSON is refused", async () => {
  const answer = await request("/accounts", { method: "POST", body: "name=Ada" });
  expect(answer).toMatchObject({
    status: 400,
    body: { error: { message: expect.stringContaining("not JSON") } },
  });
});

test.each([
  ["with a length", (text: string) => text],
  ["without a length", (text: string) => new Blob([text]).stream()],
])("a body that is too long is refused: %s", async (_, toBody) => {
  const text = JSON.stringify({ ...ada, name: "a".repeat(17_000) });
  const init = { method: "POST", body: toBody(text), duplex: "half" } as const;
  expect(await request("/accounts", init)).toMatchObject({
    status: 413,
    body: { error: { code: "RESOURCE_EXHAUSTED", message: "the body is longer than 16384 bytes" } },
  });
});
