import { randomUUID } from "node:crypto";
import { status } from "@grpc/grpc-js";
import type { TreasuryServiceClient } from "@tracekeep/proto/treasury/v1";
import { type CallScope, ServiceError, unaryCall } from "@tracekeep/service";
import type { Kysely } from "kysely";
import type { z } from "zod";
import type { createAccountRequest } from "../requests/accounts.ts";
import type { LedgerTables } from "../tables.ts";
import { type AccountRow, findAccountByKey, insertAccount } from "./accounts.ts";

export interface AccountParts {
  database: Kysely<LedgerTables>;
  treasury: TreasuryServiceClient;
  /** The longest wait for the treasury, in milliseconds. */
  treasuryTimeoutMs: number;
}

type NewAccount = z.output<typeof createAccountRequest>;

/**
 * Opens an account after the treasury has validated it; with a key that was used before, returns the first one.
 * @throws ServiceError ALREADY_EXISTS if the id is taken or the key was used for another account; the treasury's
 */
export async function openAccount(
  { database, treasury, treasuryTimeoutMs }: AccountParts,
  account: NewAccount,
  scope: CallScope,
): Promise<AccountRow> {
  const { name, currency, institution, kind, accountId, idempotencyKey: key } = account;
  const earlier = key && (await findAccountByKey(database, key));
  if (earlier) return sameAccount(earlier, account);
  await unaryCall(
    treasury,
    treasury.validateAccount,
    { currency, institution, holderName: name },
    { scope, timeoutMs: treasuryTimeoutMs },
  );
  const row = {
    id: accountId || randomUUID(),
    name,
    currency,
    institution,
    created_at: new Date().toISOString(),
    kind,
    balance: 0n,
    entry_count: 0n,
    idempotency_key: key || null,
  };
  if (await insertAccount(database, row)) return row;
  // The same request may have come twice at once.
  const concurrent = key && (await findAccountByKey(database, key));
  if (concurrent) return sameAccount(concurrent, account);
  throw new ServiceError(
    status.ALREADY_EXISTS,
    `account ${row.id} exists already: choose another account_id`,
  );
}

function sameAccount(row: AccountRow, account: NewAccount): AccountRow {
  const { name, currency, institution, kind, accountId } = account;
  const same =
    row.name === name &&
    row.currency === currency &&
    row.institution === institution &&
    row.kind === kind &&
    (accountId === "" || accountId === row.id);
  if (same) return row;
  throw new ServiceError(
    status.ALREADY_EXISTS,
    "idempotency_key was used for another account: choose another key",
  );
}
