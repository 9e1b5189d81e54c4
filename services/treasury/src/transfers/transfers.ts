import { randomUUID } from "node:crypto";
import { status } from "@grpc/grpc-js";
import { ServiceError } from "@tracekeep/service";
import type { Insertable, Kysely, Selectable } from "kysely";
import { withSpan } from "tracekeep";
import { findCurrency, findInstitution } from "../catalogue.ts";
import { askInstitution } from "../institution.ts";
import type { NewTransfer } from "../requests/requests.ts";
import type { TreasuryTables } from "../tables.ts";

export type TransferRow = Selectable<TreasuryTables["transfers"]>;

/**
 * Makes a transfer and records it, or returns what its key has made before. The institutions are asked with the key,
 * so that a request that comes twice at once moves the money once.
 * @throws ServiceError ALREADY_EXISTS, INVALID_ARGUMENT or UNAVAILABLE, with nothing recorded; `signal`'s reason
 */
export async function makeTransfer(
  database: Kysely<TreasuryTables>,
  transfer: NewTransfer,
  signal: AbortSignal,
): Promise<TransferRow> {
  const { idempotencyKey, fromInstitution, toInstitution, amount, currency, reference } = transfer;
  const earlier = await findTransfer(database, idempotencyKey);
  if (earlier) return sameTransfer(earlier, transfer);

  await findCurrency(database, currency);
  for (const code of new Set([fromInstitution, toInstitution])) {
    const institution = await findInstitution(database, code);
    const attributes = { "treasury.institution": code };
    await withSpan("ask institution", { attributes }, () => askInstitution(institution, signal));
  }

  const row = {
    id: randomUUID(),
    idempotency_key: idempotencyKey,
    from_institution: fromInstitution,
    to_institution: toInstitution,
    amount,
    currency,
    reference,
    created_at: new Date().toISOString(),
  };
  if (await insertTransfer(database, row)) return row;
  const concurrent = await findTransfer(database, idempotencyKey);
  if (!concurrent) throw new Error(`transfer ${row.id} was neither recorded nor found`);
  return sameTransfer(concurrent, transfer);
}

async function findTransfer(database: Kysely<TreasuryTables>, key: string): Promise<TransferRow | undefined> {
  return database.selectFrom("transfers").selectAll().where("idempotency_key", "=", key).executeTakeFirst();
}

/** False, and nothing is changed, if the key is taken. */
async function insertTransfer(
  database: Kysely<TreasuryTables>,
  row: Insertable<TreasuryTables["transfers"]>,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await database
    .insertInto("transfers")
    .values(row)
    .onConflict((conflict) => conflict.column("idempotency_key").doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

function sameTransfer(row: TransferRow, transfer: NewTransfer): TransferRow {
  const same =
    row.from_institution === transfer.fromInstitution &&
    row.to_institution === transfer.toInstitution &&
    BigInt(row.amount) === transfer.amount &&
    row.currency === transfer.currency &&
    row.reference === transfer.reference;
  if (same) return row;
  throw new ServiceError(
    status.ALREADY_EXISTS,
    "idempotency_key was used for another transfer: choose another key",
  );
}
