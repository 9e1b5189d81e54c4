import { status } from "@grpc/grpc-js";
import type { TreasuryServiceClient } from "@tracekeep/proto/treasury/v1";
import { unaryCall } from "@tracekeep/service";
import { describeDatabases } from "@tracekeep/service/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { patient, startTreasury, type TestTreasury } from "./testing/treasury.ts";

describeDatabases((databases) => {
  let treasury: TestTreasury;
  let client: TreasuryServiceClient;
  beforeAll(async () => {
    treasury = await startTreasury(databases);
    client = treasury.client;
  });
  afterAll(() => treasury?.[Symbol.asyncDispose]());

  function validate(request: { currency?: string; institution?: string; holderName?: string }) {
    const whole = { currency: "EUR", institution: "NORDBANK", holderName: "Ada Lovelace", ...request };
    return unaryCall(client, client.validateAccount, whole, patient());
  }

  test("lists the currencies, by code, with their minor units", async () => {
    const { currencies } = await unaryCall(client, client.listCurrencies, {}, patient());
    const codes = currencies.map(({ code }) => code);
    expect(codes).toEqual(expect.arrayContaining(["CHF", "EUR", "GBP", "USD"]));
    expect(codes).toEqual([...codes].sort());
    expect(currencies).toContainEqual({ code: "JPY", name: "Yen", minorUnits: 0 });
  });

  test("lists the institutions, by code", async () => {
    const { institutions } = await unaryCall(client, client.listInstitutions, {}, patient());
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
});
