import { currencyCode, idempotencyKey } from "@tracekeep/service";
import { z } from "zod";

/** The largest amount of an entry, in minor units. */
const MAX_AMOUNT = 1_000_000_000_000_000n;

const entry = z.object({
  accountId: z.string().min(1, "is empty: give an account's id"),
  amount: z
    .bigint()
    .min(-MAX_AMOUNT, `is below -${MAX_AMOUNT}`)
    .max(MAX_AMOUNT, `is above ${MAX_AMOUNT}`)
    .refine((amount) => amount !== 0n, "is zero: leave the entry out"),
  currency: currencyCode,
});

export type NewEntry = z.output<typeof entry>;

/** What PostTransaction accepts. */
export const postTransactionRequest = z.object({
  idempotencyKey,
  description: z.string().trim().max(200, "is longer than 200 characters"),
  entries: z
    .array(entry)
    .min(2, "are fewer than two: give what is taken and what is added")
    .max(100, "are more than 100: post several transactions")
    .superRefine((entries, context) => {
      for (const [currency, sum] of sums(entries)) {
        if (sum !== 0n) context.addIssue(`do not add up to zero: those in ${currency} make ${sum}`);
      }
    }),
});

export type NewTransaction = z.output<typeof postTransactionRequest>;

/** What StreamEntries accepts. */
export const streamEntriesRequest = z.object({
  accountId: z.string().min(1, "is empty: give an account's id"),
  fromSequence: z.bigint().min(0n, "is negative: give the sequence of the first entry, from 1"),
  follow: z.boolean(),
});

function sums(entries: readonly NewEntry[]): Map<string, bigint> {
  const totals = new Map<string, bigint>();
  for (const { currency, amount } of entries) totals.set(currency, (totals.get(currency) ?? 0n) + amount);
  return totals;
}
