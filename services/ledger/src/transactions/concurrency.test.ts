import { status } from "@grpc/grpc-js";
import { ServiceError } from "@tracekeep/service";
import { describeDatabases } from "@tracekeep/service/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { move, post, startLedger, type TestLedger } from "../testing/ledger.ts";

const clientCount = 8;
const postingsOfEach = 60;

describeDatabases((databases) => {
  let ledger: TestLedger;
  beforeAll(async () => {
    ledger = await startLedger(databases, clientCount);
  });
  afterAll(() => ledger?.[Symbol.asyncDispose]());

  test("many postings at once from several clients lose no money, and overdraw nobody", async () => {
    const customers = ["ann", "bob", "cy", "dee", "eve"];
    for (const id of customers) {
      await ledger.open(id);
      await post(ledger.client, move("bank", id, 100n));
    }
    const accounts = ["bank", ...customers];
    const random = randomNumbers(42);
    const pick = () => accounts[random(accounts.length)] ?? "bank";
    const outcomes = await Promise.all(
      ledger.clients.flatMap((client) =>
        Array.from({ length: postingsOfEach }, async () => {
          const from = pick();
          const to = accounts[(accounts.indexOf(from) + 1 + random(accounts.length - 1)) % accounts.length];
          return post(client, move(from, to ?? "bank", BigInt(1 + random(80)))).then(
            () => "posted",
            (error: unknown) => (error instanceof ServiceError ? status[error.code] : String(error)),
          );
        }),
      ),
    );
    expect(outcomes).toHaveLength(clientCount * postingsOfEach);
    // Only for want of money may one be refused: none for a conflict with another.
    expect(new Set(outcomes)).toEqual(new Set(["posted", "FAILED_PRECONDITION"]));

    const rows = await ledger.database.selectFrom("accounts").selectAll().execute();
    const entries = await ledger.database.selectFrom("entries").selectAll().orderBy("sequence").execute();
    const balances = new Map(rows.map(({ id, balance }) => [id, BigInt(balance)]));
    expect(sum(balances.values())).toBe(0n);
    for (const id of accounts) {
      const own = entries.filter((entry) => entry.account_id === id);
      expect(sum(own.map(({ amount }) => BigInt(amount))), `the entries of ${id}`).toBe(balances.get(id));
      expect(own.map(({ sequence }) => Number(sequence))).toEqual(own.map((_, index) => index + 1));
      expect(BigInt(own.at(-1)?.balance ?? 0)).toBe(balances.get(id));
      if (id !== "bank") expect(own.every(({ balance }) => BigInt(balance) >= 0n)).toBe(true);
    }
  });

  test("the same key from many clients at once posts once", async () => {
    await ledger.open("fay");
    const request = move("bank", "fay", 7n);
    const answers = await Promise.all(
      ledger.clients.flatMap((client) => [post(client, request), post(client, request)]),
    );
    expect(new Set(answers.map(({ transaction }) => transaction?.id)).size).toBe(1);
    expect(await ledger.balance("fay")).toBe(7n);
  });
});

function sum(amounts: Iterable<bigint>): bigint {
  let total = 0n;
  for (const amount of amounts) total += amount;
  return total;
}

/** Whole numbers from 0 to below the limit, the same ones for the same seed. */
function randomNumbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % limit;
  };
}
