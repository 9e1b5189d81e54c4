import { AccountKind } from "@tracekeep/proto/ledger/v1";
import { currencyCode, idempotencyKey } from "@tracekeep/service";
import { z } from "zod";
import type { Cursor } from "../accounts/accounts.ts";

const kinds = {
  [AccountKind.ACCOUNT_KIND_UNSPECIFIED]: "customer",
  [AccountKind.ACCOUNT_KIND_CUSTOMER]: "customer",
  [AccountKind.ACCOUNT_KIND_INTERNAL]: "internal",
} as const;

/** What CreateAccount accepts. Whether currency and institution exist is the treasury's to say. */
export const createAccountRequest = z.object({
  name: z
    .string()
    .trim()
    .min(1, "is empty: give the holder's name")
    .max(100, "is longer than 100 characters"),
  currency: currencyCode,
  institution: z.string().regex(/^[A-Z0-9_]{1,32}$/, "is no institution's code: write it as in NORDBANK"),
  accountId: z
    .string()
    .regex(/^[A-Za-z0-9-]{0,64}$/, "is no account id: use up to 64 letters, digits and hyphens"),
  kind: z
    .enum(AccountKind, { error: "is no account kind: give ACCOUNT_KIND_CUSTOMER or ACCOUNT_KIND_INTERNAL" })
    .transform((kind) => kinds[kind]),
  idempotencyKey: z.union([z.literal(""), idempotencyKey], { error: "is longer than 128 characters" }),
});

/** What BatchGetAccounts accepts. */
export const batchGetAccountsRequest = z.object({
  ids: z
    .array(z.string())
    .min(1, "is empty: give at least one account's id")
    .max(1_000, "has more than 1000 ids: make several requests"),
});

const cursor = z.tuple([z.iso.datetime(), z.string()]);

/** What ListAccounts accepts; the page token becomes a cursor, `undefined` for the first page. */
export const listAccountsRequest = z.object({
  pageSize: z
    .int()
    .min(0, "is negative: give 1 to 100")
    .max(100, "is above 100: give 1 to 100")
    .transform((size) => size || 20),
  pageToken: z.string().transform((token, context): Cursor | undefined => {
    if (token === "") return undefined;
    const parsed = cursor.safeParse(parseJson(Buffer.from(token, "base64url").toString()));
    if (parsed.success) return { created_at: parsed.data[0], id: parsed.data[1] };
    context.addIssue("is not from this service: give the next_page_token of the page before");
    return z.NEVER;
  }),
});

/** What ListAccounts takes to go on after an account. */
export function pageToken({ created_at, id }: Cursor): string {
  return Buffer.from(JSON.stringify([created_at, id])).toString("base64url");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
