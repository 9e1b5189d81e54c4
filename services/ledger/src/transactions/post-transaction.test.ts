import { status } from "@grpc/grpc-js";
import { describeDatabases } from "@tracekeep/service/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { move, post, startLedger, type TestLedger } from "../testing/ledger.ts";

describeDatabases((databases) => {
  let ledger: TestLedger;
  beforeAll(async () => {
    ledger = await startLedger(databases);
    await ledger.open("yen", { currency: "JPY", kind: "internal" });
  });
  afterAll(() => ledger?.[Symbol.asyncDispose]());

  /** A new customer's account with some money. */
  async function customer(amount = 0n): Promise<string> {
    const id = crypto.randomUUID();
    await ledger.open(id);
    if (amount > 0n) await post(ledger.client, move("bank", id, amount));
    return id;
  }

  test("a transaction changes the balances of its accounts", async () => {
    const [ann, bob] = [await customer(1_000n), await customer()];
    const { transaction } = await post(ledger.client, move(ann, bob, 300n, { description: "lunch" }));
    expect(transaction).toMatchObject({
      description: "lunch",
      entries: [
        { accountId: ann, amount: -300n, currency: "EUR" },
        { accountId: bob, amount: 300n, currency: "EUR" },
      ],
    });
    expect(transaction?.postTime).toBeInstanceOf(Date);
    expect([await ledger.balance(ann), await ledger.balance(bob)]).toEqual([700n, 300n]);
  });

  test("the same key with the same content posts once and returns the first result", async () => {
    const ann = await customer();
    const request = move("bank", ann, 100n);
    const first = await post(ledger.client, request);
    expect(await post(ledger.client, request)).toEqual(first);
    expect(await ledger.balance(ann)).toBe(100n);
  });

  test("the same key with other content is refused", async () => {
    const ann = await customer();
    const request = move("bank", ann, 100n);
    await post(ledger.client, request);
    for (const other of [
      { ...request, description: "something else" },
      { ...move("bank", ann, 101n), idempotencyKey: request.idempotencyKey },
    ]) {
      await expect(post(ledger.client, other)).rejects.toMatchObject({ code: status.ALREADY_EXISTS });
    }
    expect(await ledger.balance(ann)).toBe(100n);
  });

  test("a customer's account cannot be overdrawn, an internal one can", async () => {
    const [ann, bob] = [await customer(50n), await customer()];
    await expect(post(ledger.client, move(ann, bob, 51n))).rejects.toMatchObject({
      code: status.FAILED_PRECONDITION,
      message: `insufficient funds in account ${ann}`,
    });
    expect([await ledger.balance(ann), await ledger.balance(bob)]).toEqual([50n, 0n]);
    await post(ledger.client, move(ann, bob, 50n));
    expect(await ledger.balance(ann)).toBe(0n);
    expect(await ledger.balance("bank")).toBeLessThan(0n);
  });

  test("a refused transaction leaves nothing: its key can be used again", async () => {
    const [ann, bob] = [await customer(), await customer()];
    const request = move(ann, bob, 10n);
    await expect(post(ledger.client, request)).rejects.toMatchObject({ code: status.FAILED_PRECONDITION });
    await post(ledger.client, move("bank", ann, 10n));
    await post(ledger.client, request);
    expect(await ledger.balance(bob)).toBe(10n);
  });

  test("an account that is not there is NOT_FOUND, by name", async () => {
    await expect(post(ledger.client, move("bank", "nobody", 1n))).rejects.toMatchObject({
      code: status.NOT_FOUND,
      message: 'there is no account "nobody"',
    });
  });

  test("an account in another currency is refused", async () => {
    await expect(post(ledger.client, move("bank", "yen", 1n))).rejects.toMatchObject({
      code: status.FAILED_PRECONDITION,
      message: "account yen is in JPY, not in EUR: post in the account's currency",
    });
  });

  test("a transaction that does not add up is INVALID_ARGUMENT", async () => {
    const entries = [
      { accountId: "bank", amount: -5n, currency: "EUR" },
      { accountId: "yen", amount: 5n, currency: "JPY" },
    ];
    await expect(post(ledger.client, { ...move("bank", "yen", 5n), entries })).rejects.toMatchObject({
      code: status.INVALID_ARGUMENT,
      message: expect.stringContaining("entries do not add up to zero"),
    });
  });

  test("a balance stays exact up to its limit, and does not pass it", async () => {
    await ledger.open("vault", { kind: "internal" });
    await ledger.open("mint", { kind: "internal" });
    const most = 1_000_000_000_000_000n;
    for (let count = 0; count < 9; count++) await post(ledger.client, move("mint", "vault", most));
    await post(ledger.client, move("mint", "vault", 7_199_254_740_991n));
    await expect(post(ledger.client, move("mint", "vault", 1n))).rejects.toMatchObject({
      code: status.OUT_OF_RANGE,
    });
    const limit = BigInt(Number.MAX_SAFE_INTEGER);
    expect([await ledger.balance("vault"), await ledger.balance("mint")]).toEqual([limit, -limit]);
  });

  test("an account may be in a transaction several times", async () => {
    const ann = await customer(10n);
    const entry = (accountId: string, amount: bigint) => ({ accountId, amount, currency: "EUR" });
    const entries = [entry(ann, -30n), entry("bank", 5n), entry(ann, 25n)];
    await post(ledger.client, { ...move(ann, "bank", 5n), entries });
    expect(await ledger.balance(ann)).toBe(5n);
  });
});
