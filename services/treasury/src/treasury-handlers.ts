import { status } from "@grpc/grpc-js";
import type { TreasuryServiceServer } from "@tracekeep/proto/treasury/v1";
import { ServiceError, unaryHandler } from "@tracekeep/service";
import type { Kysely } from "kysely";
import { withSpan } from "tracekeep";
import { askInstitution } from "./institution.ts";
import type { TreasuryTables } from "./tables.ts";

export interface TreasuryParts {
  database: Kysely<TreasuryTables>;
  logger: Parameters<typeof unaryHandler>[0];
}

/** The methods of treasury.v1.TreasuryService. */
export function treasuryHandlers({ database, logger }: TreasuryParts): TreasuryServiceServer {
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
      if (!request.holderName.trim())
        throw invalid("holder_name is empty: give the name of the account's holder");
      const currency = await database
        .selectFrom("currencies")
        .selectAll()
        .where("code", "=", request.currency)
        .executeTakeFirst();
      if (!currency) throw unknown("currency", request.currency, "ListCurrencies");
      const institution = await database
        .selectFrom("institutions")
        .selectAll()
        .where("code", "=", request.institution)
        .executeTakeFirst();
      if (!institution) throw unknown("institution", request.institution, "ListInstitutions");

      const attributes = { "treasury.institution": institution.code };
      await withSpan("ask institution", { attributes }, () => askInstitution(institution, signal));
      return {
        currency: toCurrency(currency),
        institution: { code: institution.code, name: institution.name },
      };
    }),
  };
}

function toCurrency({ code, name, minor_units }: TreasuryTables["currencies"]) {
  return { code, name, minorUnits: minor_units };
}

function invalid(message: string): ServiceError {
  return new ServiceError(status.INVALID_ARGUMENT, message);
}

function unknown(what: string, code: string, list: string): ServiceError {
  const shown = JSON.stringify(code.slice(0, 40));
  return invalid(`unknown ${what} ${shown}: give a code that ${list} returns`);
}
