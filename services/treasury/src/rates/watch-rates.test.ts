import { once } from "node:events";
import { status } from "@grpc/grpc-js";
import type { CurrencyPair, WatchRatesRequest, WatchRatesResponse } from "@tracekeep/proto/treasury/v1";
import { describeDatabases } from "@tracekeep/service/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTreasury, type TestTreasury } from "../testing/treasury.ts";

const euroInDollars: CurrencyPair = { base: "EUR", quote: "USD" };
const poundInYen: CurrencyPair = { base: "GBP", quote: "JPY" };

describeDatabases((databases) => {
  let treasury: TestTreasury;
  beforeAll(async () => {
    treasury = await startTreasury(databases);
  });
  afterAll(() => treasury?.[Symbol.asyncDispose]());

  function write(...requests: WatchRatesRequest[]) {
    const call = treasury.client.watchRates();
    for (const request of requests) call.write(request);
    return call;
  }

  test("a watched pair's rate comes at once and on each change", async () => {
    const call = write({ add: euroInDollars });
    const rates: bigint[] = [];
    for await (const { pair, rateMicros, rateTime } of call as AsyncIterable<WatchRatesResponse>) {
      expect(pair).toEqual(euroInDollars);
      expect(rateTime).toBeInstanceOf(Date);
      rates.push(rateMicros);
      if (rates.length === 5) call.end();
    }
    expect(rates.length).toBeGreaterThanOrEqual(5);
    rates.reduce((before, rate) => {
      expect(rate).not.toBe(before);
      return rate;
    });
  });

  test("pairs can be added and removed on the way", async () => {
    const call = write({ add: euroInDollars });
    const names: string[] = [];
    for await (const { pair } of call as AsyncIterable<WatchRatesResponse>) {
      names.push(pair?.base ?? "");
      if (names.length === 2) {
        call.write({ add: poundInYen });
        call.write({ remove: euroInDollars });
      }
      if (names.slice(-3).join() === "GBP,GBP,GBP") call.end();
    }
    expect(names.slice(0, 2)).toEqual(["EUR", "EUR"]);
    expect(names.slice(names.indexOf("GBP"))).not.toContain("EUR");
  });

  test("a caller that half-closes right away gets the rate of now, once", async () => {
    // A rate that changed while the requests arrive would rightly come twice.
    await using steady = await startTreasury(databases, { rateIntervalMs: 3_600_000 });
    const call = steady.client.watchRates();
    for (const add of [euroInDollars, euroInDollars, poundInYen]) call.write({ add });
    call.end();
    const pairs: (CurrencyPair | undefined)[] = [];
    for await (const { pair } of call as AsyncIterable<WatchRatesResponse>) pairs.push(pair);
    expect(pairs).toEqual([euroInDollars, poundInYen]);
  });

  test.each<[WatchRatesRequest, string]>([
    [{ add: { base: "EUR", quote: "XXX" } }, 'unknown currency "XXX"'],
    [{ add: { base: "EUR", quote: "EUR" } }, "EUR has no rate to itself"],
    [{}, "change is empty"],
  ])("a request with %o ends the call", async (request, message) => {
    const call = write(request);
    call.resume();
    const [error] = await once(call, "error");
    expect(error).toMatchObject({
      code: status.INVALID_ARGUMENT,
      details: expect.stringContaining(message),
    });
  });
});
