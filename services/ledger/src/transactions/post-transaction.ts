import { createHash, randomUUID } from "node:crypto";
import { status } from "@grpc/grpc-js";
import { ServiceError } from "@tracekeep/service";
import type { Kysely, Selectable, Transaction } from "kysely";
import { withSpan } from "tracekeep";
import type { NewEntry, NewTransaction } from "../requests/transactions.ts";
import type { LedgerTables } from "../tables.ts";
import { changeBalance, changesOf } from "./balances.ts";

export interface PostedTransaction extends Pick<NewTransaction, "description" | "entries"> {
  readonly id: string;
  readonly postedAt: Date;
  /** It had been posted before, with the same key and content. */
  readonly duplicate: boolean;
}

/**
 * Posts a transaction, or returns what its key has posted before.
 * @throws ServiceError, with nothing changed: ALREADY_EXISTS if the key was used for other content; if an account
 * does not allow its entries NOT_FOUND, FAILED_PRECONDITION or OUT_OF_RANGE
 */
export function postTransaction(
  database: Kysely<LedgerTables>,
  posting: NewTransaction,
): Promise<PostedTransaction> {
  const attributes = { "ledger.entries": posting.entries.length };
  return withSpan("post transaction", { attributes }, () =>
    database.transaction().execute((transaction) => post(transaction, posting)),
  );
}

async function post(
  transaction: Transaction<LedgerTables>,
  posting: NewTransaction,
): Promise<PostedTransaction> {
  const { description, entries } = posting;
  const row = {
    id: randomUUID(),
    idempotency_key: posting.idempotencyKey,
    content_hash: contentHash(posting),
    description,
    posted_at: new Date().toISOString(),
  };
  // A concurrent request with the same key waits here until the first has ended.
  const { numInsertedOrUpdatedRows } = await transaction
    .insertInto("transactions")
    .values(row)
    .onConflict((conflict) => conflict.column("idempotency_key").doNothing())
    .executeTakeFirst();
  const duplicate = numInsertedOrUpdatedRows !== 1n;
  const posted = duplicate ? await earlier(transaction, row) : row;
  if (!duplicate) await insertEntries(transaction, row.id, entries);
  return { id: posted.id, description, entries, postedAt: new Date(posted.posted_at), duplicate };
}

async function earlier(
  transaction: Transaction<LedgerTables>,
  { idempotency_key, content_hash }: Selectable<LedgerTables["transactions"]>,
): Promise<Selectable<LedgerTables["transactions"]>> {
  const row = await transaction
    .selectFrom("transactions")
    .selectAll()
    .where("idempotency_key", "=", idempotency_key)
    .executeTakeFirstOrThrow();
  if (row.content_hash === content_hash) return row;
  throw new ServiceError(
    status.ALREADY_EXISTS,
    "idempotency_key was used for another transaction: choose another key",
  );
}

async function insertEntries(
  transaction: Transaction<LedgerTables>,
  transactionId: string,
  entries: readonly NewEntry[],
): Promise<void> {
  // What an account had before its next entry.
  const standing = new Map<string, { balance: bigint; sequence: bigint }>();
  for (const change of changesOf(entries)) {
    const { balance, entryCount } = await changeBalance(transaction, change);
    const before = { balance: balance - change.amount, sequence: entryCount - change.count };
    standing.set(change.accountId, before);
  }
  const rows = entries.map(({ accountId, amount }, position) => {
    const { balance = 0n, sequence = 0n } = standing.get(accountId) ?? {};
    const after = { balance: balance + amount, sequence: sequence + 1n };
    standing.set(accountId, after);
    return { account_id: accountId, transaction_id: transactionId, position, amount, ...after };
  });
  await transaction.insertInto("entries").values(rows).execute();
}

function contentHash({ description, entries }: NewTransaction): string {
  const content = [
    description,
    ...entries.map((entry) => [entry.accountId, `${entry.amount}`, entry.currency]),
  ];
  return createHash("sha256").update(JSON.stringify(content)).digest("base64url");
}
