import { status } from "@grpc/grpc-js";
import { validated } from "@tracekeep/service";
import { expect, test } from "vitest";
import { postTransactionRequest } from "./transactions.ts";

const entry = (accountId: string, amount: bigint, currency = "EUR") => ({ accountId, amount, currency });
const valid = {
  idempotencyKey: "key",
  description: "lunch",
  entries: [entry("a", -5n), entry("b", 5n)],
};

test("a transaction may be in several currencies, each of which adds up to zero", () => {
  const entries = [...valid.entries, entry("c", 700n, "JPY"), entry("d", -700n, "JPY")];
  expect(validated(postTransactionRequest, { ...valid, entries }).entries).toEqual(entries);
});

test.each([
  [{ idempotencyKey: "" }, "idempotency_key is empty"],
  [{ description: "d".repeat(201) }, "description is longer than 200 characters"],
  [{ entries: [entry("a", 5n)] }, "entries are fewer than two"],
  [{ entries: Array(101).fill(entry("a", 5n)) }, "entries are more than 100"],
  [{ entries: [entry("a", -5n), entry("b", 6n)] }, "entries do not add up to zero: those in EUR make 1"],
  [{ entries: [entry("a", -5n), entry("b", 5n, "USD")] }, "those in EUR make -5"],
  [{ entries: [entry("a", 0n), entry("b", 0n)] }, "entries[0].amount is zero"],
  [{ entries: [entry("", -5n), entry("b", 5n)] }, "entries[0].account_id is empty"],
  [{ entries: [entry("a", -5n, "euro"), entry("b", 5n)] }, "entries[0].currency is no ISO 4217 code"],
  [
    { entries: [entry("a", -(10n ** 15n) - 1n), entry("b", 10n ** 15n + 1n)] },
    "entries[0].amount is below -1000000000000000",
  ],
])("refuses a transaction with %o", (part, message) => {
  expect(() => validated(postTransactionRequest, { ...valid, ...part })).toThrow(
    expect.objectContaining({
      code: status.INVALID_ARGUMENT,
      message: expect.stringContaining(message),
    }),
  );
});

test("of very many faults the first ten are named", () => {
  const entries = Array.from({ length: 60 }, () => entry("", 0n));
  const { message } = catchError(() => validated(postTransactionRequest, { ...valid, entries }));
  expect(message.split("; ")).toHaveLength(11);
  expect(message).toMatch(/; 110 more$/);
});

function catchError(run: () => unknown): Error {
  try {
    run();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("nothing was thrown");
}
