import { status } from "@grpc/grpc-js";
import type { ImportTransactionsResponse, PostTransactionRequest } from "@tracekeep/proto/ledger/v1";
import { describeDatabases } from "@tracekeep/service/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { move, post, startLedger, type TestLedger } from "../testing/ledger.ts";

describeDatabases((databases) => {
  let ledger: TestLedger;
  beforeAll(async () => {
    ledger = await startLedger(databases);
  });
  afterAll(() => ledger?.[Symbol.asyncDispose]());

  function importAll(transactions: readonly (PostTransactionRequest | undefined)[]) {
    const { promise, resolve, reject } = Promise.withResolvers<ImportTransactionsResponse>();
    const call = ledger.client.importTransactions((error, response) =>
      error ? reject(error) : resolve(response),
    );
    for (const transaction of transactions) call.write({ transaction });
    call.end();
    return promise;
  }

  test("everything goes in but what is refused, with the reasons", async () => {
    await ledger.open("ann");
    const known = move("bank", "ann", 1n);
    await post(ledger.client, known);
    const result = await importAll([
      move("bank", "ann", 10n),
      known,
      move("ann", "nobody", 5n, { idempotencyKey: "to-nobody" }),
      undefined,
      move("ann", "bank", 1_000n, { idempotencyKey: "too-much" }),
      { ...move("bank", "ann", 2n), idempotencyKey: known.idempotencyKey },
      move("bank", "ann", 100n),
    ]);
    expect(result).toMatchObject({ accepted: 2n, duplicates: 1n, refused: 4n });
    expect(result.refusals).toMatchObject([
      { index: 2n, idempotencyKey: "to-nobody", code: "NOT_FOUND", reason: 'there is no account "nobody"' },
      { index: 3n, code: "INVALID_ARGUMENT", reason: expect.stringContaining("idempotency_key is empty") },
      { index: 4n, idempotencyKey: "too-much", code: "FAILED_PRECONDITION" },
      { index: 5n, idempotencyKey: known.idempotencyKey, code: "ALREADY_EXISTS" },
    ]);
    expect(await ledger.balance("ann")).toBe(111n);
  });

  test("an import can be repeated as it is", async () => {
    await ledger.open("bob");
    const transactions = Array.from({ length: 40 }, () => move("bank", "bob", 1n));
    expect(await importAll(transactions)).toMatchObject({ accepted: 40n, duplicates: 0n });
    expect(await importAll(transactions)).toMatchObject({ accepted: 0n, duplicates: 40n });
    expect(await ledger.balance("bob")).toBe(40n);
  });

  test("of many refused ones the first ten are told", async () => {
    const transactions = Array.from({ length: 15 }, () => move("bank", "nobody", 1n));
    const { refused, refusals } = await importAll(transactions);
    expect(refused).toBe(15n);
    expect(refusals.map(({ index }) => index)).toEqual([0n, 1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n, 9n]);
  });

  test("a failure that is not a transaction's own ends the import", async () => {
    await using broken = await startLedger(databases);
    await broken.database.schema.dropTable("entries").execute();
    const { promise, resolve } = Promise.withResolvers<number | undefined>();
    const call = broken.client.importTransactions((error) => resolve(error?.code));
    call.write({ transaction: move("bank", "bank", 1n) });
    call.end();
    expect(await promise).toBe(status.INTERNAL);
  });
});
