import { once } from "node:events";
import { type ClientReadableStream, status } from "@grpc/grpc-js";
import type { StreamEntriesResponse } from "@tracekeep/proto/ledger/v1";
import { describeDatabases } from "@tracekeep/service/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { move, post, startLedger, type TestLedger } from "../testing/ledger.ts";

const entryCount = 250;

describeDatabases((databases) => {
  let ledger: TestLedger;
  beforeAll(async () => {
    ledger = await startLedger(databases);
    await ledger.open("ann");
    for (let number = 1; number <= entryCount; number++) {
      await post(ledger.client, move("bank", "ann", BigInt(number), { description: `gift ${number}` }));
    }
  });
  afterAll(() => ledger?.[Symbol.asyncDispose]());

  function stream(accountId: string, { fromSequence = 0n, follow = false } = {}) {
    return ledger.client.streamEntries({ accountId, fromSequence, follow });
  }

  async function all(call: ClientReadableStream<StreamEntriesResponse>): Promise<StreamEntriesResponse[]> {
    const entries: StreamEntriesResponse[] = [];
    for await (const entry of call) entries.push(entry);
    return entries;
  }

  test("all entries come once, oldest first, each with the balance after it", async () => {
    const entries = await all(stream("ann"));
    expect(entries.map(({ sequence }) => Number(sequence))).toEqual(
      Array.from({ length: entryCount }, (_, index) => index + 1),
    );
    let balance = 0n;
    for (const entry of entries) {
      balance += entry.amount;
      expect(entry.balance).toBe(balance);
    }
    expect(entries[9]).toMatchObject({ amount: 10n, description: "gift 10", balance: 55n });
    expect(entries[9]?.postTime).toBeInstanceOf(Date);
  });

  test("a stream may begin anywhere, also after the last entry", async () => {
    expect((await all(stream("ann", { fromSequence: 248n }))).map(({ sequence }) => sequence)).toEqual([
      248n,
      249n,
      250n,
    ]);
    expect(await all(stream("ann", { fromSequence: 1_000n }))).toEqual([]);
  });

  test.each([
    ["nobody", 0n, status.NOT_FOUND, 'there is no account "nobody"'],
    ["ann", -1n, status.INVALID_ARGUMENT, "from_sequence is negative"],
    ["", 0n, status.INVALID_ARGUMENT, "account_id is empty"],
  ])("a stream of %j from %i is refused", async (accountId, fromSequence, code, message) => {
    await expect(all(stream(accountId, { fromSequence }))).rejects.toMatchObject({
      code,
      details: expect.stringContaining(message),
    });
  });

  test("a stream that follows gets what is posted later, until its client leaves", async () => {
    await ledger.open("bob");
    await post(ledger.client, move("bank", "bob", 1n));
    const call = stream("bob", { follow: true });
    const seen: bigint[] = [];
    for await (const { amount } of call) {
      seen.push(amount);
      if (amount === 3n) break;
      await post(ledger.client, move("bank", "bob", amount + 1n));
    }
    expect(seen).toEqual([1n, 2n, 3n]);
    call.on("error", () => {});
    call.cancel();
  });

  test("two that follow the same account get the same entries", async () => {
    await ledger.open("cy");
    const calls = [stream("cy", { follow: true }), stream("cy", { follow: true })];
    const first = calls.map(async (call) => {
      const [entry] = (await once(call, "data")) as [StreamEntriesResponse];
      call.on("error", () => {});
      call.cancel();
      return entry;
    });
    await post(ledger.client, move("bank", "cy", 5n));
    const [one, two] = await Promise.all(first);
    expect(one).toMatchObject({ sequence: 1n, amount: 5n });
    expect(two).toEqual(one);
  });
});
