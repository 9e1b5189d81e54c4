import { currencyCode, idempotencyKey } from "@tracekeep/service";
import { z } from "zod";

/** The largest amount of a transfer, in minor units. */
const MAX_AMOUNT = 1_000_000_000_000_000n;

const institutionCode = z.string().min(1, "is empty: give a code that ListInstitutions returns");

/** What ValidateAccount accepts. */
export const validateAccountRequest = z.object({
  holderName: z.string().trim().min(1, "is empty: give the name of the account's holder"),
  currency: z.string(),
  institution: z.string(),
});

/** What Transfer accepts. */
export const transferRequest = z.object({
  idempotencyKey,
  fromInstitution: institutionCode,
  toInstitution: institutionCode,
  amount: z
    .bigint()
    .min(1n, "is not above zero: give the amount in minor units, such as cents")
    .max(MAX_AMOUNT, `is above ${MAX_AMOUNT}: make several transfers`),
  currency: currencyCode,
  reference: z.string().trim().max(140, "is longer than 140 characters"),
});

export type NewTransfer = z.output<typeof transferRequest>;
