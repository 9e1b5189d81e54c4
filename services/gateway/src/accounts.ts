import { type Account, AccountKind, type LedgerServiceClient } from "@tracekeep/proto/ledger/v1";
import { unaryCall } from "@tracekeep/service";
import type { Handler } from "hono";
import { z } from "zod";
import { text } from "./http/fields.ts";
import { idempotencyKey } from "./http/idempotency-key.ts";
import { readBody } from "./http/request-body.ts";
import { scopeOf } from "./http/scope.ts";

export interface AccountParts {
  ledger: LedgerServiceClient;
  /** The longest wait for the ledger, in milliseconds. */
  ledgerTimeoutMs: number;
}

const kinds = {
  customer: AccountKind.ACCOUNT_KIND_CUSTOMER,
  internal: AccountKind.ACCOUNT_KIND_INTERNAL,
} as const;

const newAccount = z.object({
  name: text,
  currency: text,
  institution: text,
  id: text.default(""),
  kind: z.enum(["customer", "internal"], { error: "must be customer or internal" }).default("customer"),
});

/** POST /accounts: 201 with the account, and its path in `location`. */
export function createAccount({ ledger, ledgerTimeoutMs }: AccountParts): Handler {
  return async (c) => {
    const { id, kind, ...fields } = await readBody(c, newAccount);
    const request = {
      ...fields,
      accountId: id,
      kind: kinds[kind],
      idempotencyKey: idempotencyKey(c),
    };
    const { account } = await unaryCall(ledger, ledger.createAccount, request, {
      scope: scopeOf(c),
      timeoutMs: ledgerTimeoutMs,
    });
    return c.json(toJson(account), 201, { location: `/accounts/${account?.id}` });
  };
}

/** GET /accounts/:id: 200 with the account and its balance. */
export function getAccount({ ledger, ledgerTimeoutMs }: AccountParts): Handler {
  return async (c) => {
    const request = { id: c.req.param("id") ?? "" };
    const { account } = await unaryCall(ledger, ledger.getAccount, request, {
      scope: scopeOf(c),
      timeoutMs: ledgerTimeoutMs,
    });
    return c.json(toJson(account));
  };
}

function toJson(account: Account | undefined) {
  if (!account) throw new Error("the ledger answered without an account");
  const { id, name, currency, institution, createTime, balance } = account;
  const kind = account.kind === AccountKind.ACCOUNT_KIND_INTERNAL ? "internal" : "customer";
  return {
    id,
    name,
    currency,
    institution,
    kind,
    // The ledger keeps balances in the range in which numbers are exact.
    balance: Number(balance),
    createTime: createTime?.toISOString(),
  };
}
