import type { Account, LedgerServiceClient } from "@tracekeep/proto/ledger/v1";
import { type CallScope, unaryCall } from "@tracekeep/service";
import type { Context, Handler } from "hono";
import { HTTPException } from "hono/http-exception";
import { z } from "zod";

export interface AccountParts {
  ledger: LedgerServiceClient;
  /** The longest wait for the ledger, in milliseconds. */
  ledgerTimeoutMs: number;
}

const field = z.string({ error: "must be a string" });
// Only the shape is checked here: what the values mean is the ledger's to say.
const newAccount = z.object({ name: field, currency: field, institution: field, id: field.default("") });

/** POST /accounts: 201 with the account, and its path in `location`. */
export function createAccount({ ledger, ledgerTimeoutMs }: AccountParts): Handler {
  return async (c) => {
    const { id, ...fields } = await readBody(c);
    const request = { ...fields, accountId: id };
    const { account } = await unaryCall(ledger, ledger.createAccount, request, {
      scope: scopeOf(c),
      timeoutMs: ledgerTimeoutMs,
    });
    return c.json(toJson(account), 201, { location: `/accounts/${account?.id}` });
  };
}

/** GET /accounts/:id: 200 with the account. */
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

/** The request's signal fires when the HTTP client hangs up. */
function scopeOf(c: Context): CallScope {
  return { signal: c.req.raw.signal, deadline: Number.POSITIVE_INFINITY };
}

async function readBody(c: Context): Promise<z.infer<typeof newAccount>> {
  const text = await c.req.text();
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new HTTPException(400, {
      message: 'the body is not JSON: send an object such as {"name": "Ada", ...}',
    });
  }
  const result = newAccount.safeParse(body);
  if (result.success) return result.data;
  const faults = result.error.issues.map(
    ({ path, message }) => `${String(path[0] ?? "the body")} ${message}`,
  );
  throw new HTTPException(400, { message: faults.join("; ") });
}

function toJson(account: Account | undefined) {
  if (!account) throw new Error("the ledger answered without an account");
  const { id, name, currency, institution, createTime } = account;
  return { id, name, currency, institution, createTime: createTime?.toISOString() };
}
