import type { StreamEntriesResponse } from "@tracekeep/proto/ledger/v1";
import type { Kysely } from "kysely";
import type { LedgerTables } from "../tables.ts";

/** Up to `limit` entries of an account from a sequence on, oldest first. */
export async function readEntries(
  database: Kysely<LedgerTables>,
  accountId: string,
  fromSequence: bigint,
  limit: number,
): Promise<StreamEntriesResponse[]> {
  const rows = await database
    .selectFrom("entries")
    .innerJoin("transactions", "transactions.id", "entries.transaction_id")
    .select(["sequence", "transaction_id", "description", "amount", "balance", "posted_at"])
    .where("account_id", "=", accountId)
    .where("sequence", ">=", fromSequence)
    .orderBy("sequence")
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    sequence: BigInt(row.sequence),
    transactionId: row.transaction_id,
    description: row.description,
    amount: BigInt(row.amount),
    balance: BigInt(row.balance),
    postTime: new Date(row.posted_at),
  }));
}
