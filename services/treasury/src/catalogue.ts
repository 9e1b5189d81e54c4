import { status } from "@grpc/grpc-js";
import { ServiceError } from "@tracekeep/service";
import type { Kysely } from "kysely";
import type { TreasuryTables } from "./tables.ts";

/** @throws ServiceError INVALID_ARGUMENT if there is no such currency */
export async function findCurrency(
  database: Kysely<TreasuryTables>,
  code: string,
): Promise<TreasuryTables["currencies"]> {
  const row = await database.selectFrom("currencies").selectAll().where("code", "=", code).executeTakeFirst();
  if (!row) throw unknownCode("currency", code, "ListCurrencies");
  return row;
}

/** @throws ServiceError INVALID_ARGUMENT if there is no such institution */
export async function findInstitution(
  database: Kysely<TreasuryTables>,
  code: string,
): Promise<TreasuryTables["institutions"]> {
  const row = await database
    .selectFrom("institutions")
    .selectAll()
    .where("code", "=", code)
    .executeTakeFirst();
  if (!row) throw unknownCode("institution", code, "ListInstitutions");
  return row;
}

/** The error for a code that the catalogue does not have. */
export function unknownCode(what: string, code: string, list: string): ServiceError {
  const shown = JSON.stringify(code.slice(0, 40));
  return new ServiceError(
    status.INVALID_ARGUMENT,
    `unknown ${what} ${shown}: give a code that ${list} returns`,
  );
}
