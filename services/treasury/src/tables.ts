import type { Migrations } from "@tracekeep/service";
import type { ColumnType, Kysely } from "kysely";

export interface TreasuryTables {
  currencies: { code: string; name: string; minor_units: number };
  institutions: { code: string; name: string; behaviour: Behaviour };
  transfers: {
    id: string;
    idempotency_key: string;
    from_institution: string;
    to_institution: string;
    /** In minor units. Drivers differ in what they read it as: turn it into a bigint before use. */
    amount: ColumnType<bigint | number | string, bigint, never>;
    currency: string;
    reference: string;
    /** UTC in ISO 8601. */
    created_at: string;
  };
}

/** How an institution answers: at once, not at all, or after three seconds. */
type Behaviour = "up" | "down" | "slow";

const currencies: TreasuryTables["currencies"][] = [
  { code: "CHF", name: "Swiss franc", minor_units: 2 },
  { code: "DKK", name: "Danish krone", minor_units: 2 },
  { code: "EUR", name: "Euro", minor_units: 2 },
  { code: "GBP", name: "Pound sterling", minor_units: 2 },
  { code: "JPY", name: "Yen", minor_units: 0 },
  { code: "NOK", name: "Norwegian krone", minor_units: 2 },
  { code: "SEK", name: "Swedish krona", minor_units: 2 },
  { code: "USD", name: "US dollar", minor_units: 2 },
];

const institutions: TreasuryTables["institutions"][] = [
  { code: "DOWNBANK", name: "Downbank, out of order", behaviour: "down" },
  { code: "NORDBANK", name: "Nordbank", behaviour: "up" },
  { code: "SLOWBANK", name: "Slowbank, three seconds an answer", behaviour: "slow" },
];

export const migrations: Migrations = {
  "2026-01-currencies-and-institutions": {
    async up(database: Kysely<TreasuryTables>) {
      await database.schema
        .createTable("currencies")
        .addColumn("code", "text", (column) => column.primaryKey())
        .addColumn("name", "text", (column) => column.notNull())
        .addColumn("minor_units", "integer", (column) => column.notNull())
        .execute();
      await database.schema
        .createTable("institutions")
        .addColumn("code", "text", (column) => column.primaryKey())
        .addColumn("name", "text", (column) => column.notNull())
        .addColumn("behaviour", "text", (column) => column.notNull())
        .execute();
      await database.insertInto("currencies").values(currencies).execute();
      await database.insertInto("institutions").values(institutions).execute();
    },
  },

  "2026-02-transfers": {
    async up(database: Kysely<TreasuryTables>) {
      await database.schema
        .createTable("transfers")
        .addColumn("id", "text", (column) => column.primaryKey())
        .addColumn("idempotency_key", "text", (column) => column.notNull().unique())
        .addColumn("from_institution", "text", (column) => column.notNull().references("institutions.code"))
        .addColumn("to_institution", "text", (column) => column.notNull().references("institutions.code"))
        .addColumn("amount", "bigint", (column) => column.notNull())
        .addColumn("currency", "text", (column) => column.notNull().references("currencies.code"))
        .addColumn("reference", "text", (column) => column.notNull())
        .addColumn("created_at", "text", (column) => column.notNull())
        .execute();
    },
  },
};
