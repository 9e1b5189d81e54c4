import type { TreasuryServiceServer } from "@tracekeep/proto/treasury/v1";
import { bidiHandler, unaryHandler, validated } from "@tracekeep/service";
import type { Kysely } from "kysely";
import { withSpan } from "tracekeep";
import { findCurrency, findInstitution } from "./catalogue.ts";
import { askInstitution } from "./institution.ts";
import { type WatchParts, watchRates } from "./rates/watch-rates.ts";
import { transferRequest, validateAccountRequest } from "./requests/requests.ts";
import type { TreasuryTables } from "./tables.ts";
import { makeTransfer, type TransferRow } from "./transfers/transfers.ts";

export interface TreasuryParts extends WatchParts {
  database: Kysely<TreasuryTables>;
  logger: Parameters<typeof unaryHandler>[0];
}

/** The methods of treasury.v1.TreasuryService. */
export function treasuryHandlers(parts: TreasuryParts): TreasuryServiceServer {
  const { database, logger } = parts;
  return {
    listCurrencies: unaryHandler(logger, async () => {
      const rows = await database.selectFrom("currencies").selectAll().orderBy("code").execute();
      return { currencies: rows.map(toCurrency) };
    }),

    listInstitutions: unaryHandler(logger, async () => {
      const rows = await database
        .selectFrom("institutions")
        .select(["code", "name"])
        .orderBy("code")
        .execute();
      return { institutions: rows };
    }),

    validateAccount: unaryHandler(logger, async (request, { signal }) => {
      const account = validated(validateAccountRequest, request);
      const currency = await findCurrency(database, account.currency);
      const institution = await findInstitution(database, account.institution);
      const attributes = { "treasury.institution": institution.code };
      await withSpan("ask institution", { attributes }, () => askInstitution(institution, signal));
      return {
        currency: toCurrency(currency),
        institution: { code: institution.code, name: institution.name },
      };
    }),

    transfer: unaryHandler(logger, async (request, { signal }) => {
      const transfer = await makeTransfer(database, validated(transferRequest, request), signal);
      return { transfer: toTransfer(transfer) };
    }),

    watchRates: bidiHandler(logger, (requests, send) => watchRates(parts, requests, send)),
  };
}

function toCurrency({ code, name, minor_units }: TreasuryTables["currencies"]) {
  return { code, name, minorUnits: minor_units };
}

function toTransfer(row: TransferRow) {
  return {
    id: row.id,
    fromInstitution: row.from_institution,
    toInstitution: row.to_institution,
    amount: BigInt(row.amount),
    currency: row.currency,
    reference: row.reference,
    createTime: new Date(row.created_at),
  };
}
