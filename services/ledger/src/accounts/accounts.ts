import { status } from "@grpc/grpc-js";
import { ServiceError } from "@tracekeep/service";
import type { Insertable, Kysely, Selectable } from "kysely";
import type { LedgerTables } from "../tables.ts";

export type AccountRow = Selectable<LedgerTables["accounts"]>;

/** Where a page ended: the last account's place in the order of the list. */
export type Cursor = Pick<AccountRow, "created_at" | "id">;

export async function findAccount(
  database: Kysely<LedgerTables>,
  id: string,
): Promise<AccountRow | undefined> {
  return database.selectFrom("accounts").selectAll().where("id", "=", id).executeTakeFirst();
}

/** Those of the accounts that are there, in no particular order. */
export async function findAccounts(
  database: Kysely<LedgerTables>,
  ids: readonly string[],
): Promise<AccountRow[]> {
  return database.selectFrom("accounts").selectAll().where("id", "in", ids).execute();
}

/** The account that was opened with this idempotency key. */
export async function findAccountByKey(
  database: Kysely<LedgerTables>,
  key: string,
): Promise<AccountRow | undefined> {
  return database.selectFrom("accounts").selectAll().where("idempotency_key", "=", key).executeTakeFirst();
}

/** False, and nothing is changed, if the id or the idempotency key is taken. */
export async function insertAccount(
  database: Kysely<LedgerTables>,
  account: Insertable<LedgerTables["accounts"]>,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await database
    .insertInto("accounts")
    .values(account)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

/** Up to `limit` accounts after the cursor, oldest first. */
export async function listAccounts(
  database: Kysely<LedgerTables>,
  limit: number,
  after: Cursor | undefined,
): Promise<AccountRow[]> {
  const all = database.selectFrom("accounts").selectAll().orderBy("created_at").orderBy("id").limit(limit);
  if (!after) return all.execute();
  return all
    .where(({ eb, refTuple, tuple }) =>
      eb(refTuple("created_at", "id"), ">", tuple(after.created_at, after.id)),
    )
    .execute();
}

/** The error for an id that no account has. */
export function noSuchAccount(id: string): ServiceError {
  return new ServiceError(status.NOT_FOUND, `there is no account ${JSON.stringify(id.slice(0, 64))}`);
}
