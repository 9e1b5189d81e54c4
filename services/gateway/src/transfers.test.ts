import { type ServiceProcess, startService } from "@tracekeep/service/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { gatewayMain, treasuryMain } from "./testing/traced-services.ts";

let treasury: ServiceProcess;
let gateway: ServiceProcess;

beforeAll(async () => {
  treasury = await startService(treasuryMain);
  gateway = await startService(gatewayMain, {
    TREASURY_ADDRESS: treasury.address,
    TREASURY_TIMEOUT_MS: "500",
  });
});
afterAll(async () => {
  await gateway?.stop();
  await treasury?.stop();
});

const rent = {
  fromInstitution: "NORDBANK",
  toInstitution: "NORDBANK",
  amount: 75_000,
  currency: "EUR",
  reference: "rent",
};

async function post(transfer: object, key: string = crypto.randomUUID()) {
  const response = await fetch(`http://${gateway.address}/transfers`, {
    method: "POST",
    body: JSON.stringify(transfer),
    headers: { "idempotency-key": key },
  });
  return { status: response.status, body: JSON.parse(await response.text()) };
}

test("a transfer is made once, however often it is sent with the same key", async () => {
  const key = crypto.randomUUID();
  const first = await post(rent, key);
  expect(first).toMatchObject({ status: 201, body: rent });
  expect(await post(rent, key)).toEqual(first);
});

test("a key that was used for another transfer is a conflict", async () => {
  const key = crypto.randomUUID();
  await post(rent, key);
  expect(await post({ ...rent, amount: 75_001 }, key)).toMatchObject({
    status: 409,
    body: { error: { code: "ALREADY_EXISTS" } },
  });
});

test.each([
  [{ ...rent, amount: 1.5 }, 400, "amount must be a whole number of minor units"],
  [{ ...rent, amount: "75000" }, 400, "amount must be a whole number of minor units"],
  [{ ...rent, amount: -1 }, 400, "amount is not above zero"],
  [{ amount: 1 }, 400, "fromInstitution must be a string; toInstitution must be a string"],
  [{ ...rent, currency: "XXX" }, 400, 'unknown currency "XXX"'],
  [{ ...rent, toInstitution: "DOWNBANK" }, 503, "not available"],
  [{ ...rent, fromInstitution: "SLOWBANK" }, 504, "did not answer in time"],
])("POST /transfers with %o answers %i", async (transfer, status, message) => {
  expect(await post(transfer)).toMatchObject({
    status,
    body: { error: { message: expect.stringContaining(message) } },
  });
});

test("a transfer without a key is refused", async () => {
  const response = await fetch(`http://${gateway.address}/transfers`, {
    method: "POST",
    body: JSON.stringify(rent),
  });
  expect(response.status).toBe(400);
  expect(await response.text()).toContain("the header Idempotency-Key is missing");
});
