import type { Migrations } from "@tracekeep/service";
import type { Kysely } from "kysely";

export interface LedgerTables {
  accounts: {
    id: string;
    name: string;
    currency: string;
    institution: string;
    /** UTC in ISO 8601 with milliseconds, so that text order is time order. */
    created_at: string;
  };
}

export const migrations: Migrations = {
  "2026-01-accounts": {
    async up(database: Kysely<LedgerTables>) {
      await database.schema
        .createTable("accounts")
        .addColumn("id", "text", (column) => column.primaryKey())
        .addColumn("name", "text", (column) => column.notNull())
        .addColumn("currency", "text", (column) => column.notNull())
        .addColumn("institution", "text", (column) => column.notNull())
        .addColumn("created_at", "text", (column) => column.notNull())
        .execute();
      await database.schema
        .createIndex("accounts_by_age")
        .on("accounts")
        .columns(["created_at", "id"])
        .execute();
    },
  },
};
