import type { Migrations } from "@tracekeep/service";
import type { ColumnType, Kysely } from "kysely";

/** A 64-bit integer. Drivers differ in what they read it as: turn it into a bigint before use. */
type Int64 = ColumnType<bigint | number | string, bigint, bigint | number | string>;

/** UTC in ISO 8601 with milliseconds, so that text order is time order. */
type Timestamp = string;

export interface LedgerTables {
  accounts: {
    id: string;
    name: string;
    currency: string;
    institution: string;
    created_at: Timestamp;
    kind: "customer" | "internal";
    /** The sum of its entries, in minor units. */
    balance: Int64;
    /** The sequence of its last entry. */
    entry_count: Int64;
    idempotency_key: string | null;
  };
  transactions: {
    id: string;
    idempotency_key: string;
    /** Tells whether a repeated key came with the same content. */
    content_hash: string;
    description: string;
    posted_at: Timestamp;
  };
  entries: {
    account_id: string;
    /** 1, 2, 3, ... within the account. */
    sequence: Int64;
    transaction_id: string;
    /** The place in the transaction, from 0. */
    position: number;
    amount: Int64;
    /** The account's balance after the entry. */
    balance: Int64;
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

  "2026-02-balances": {
    async up({ schema }: Kysely<LedgerTables>) {
      const zero = (name: string) =>
        schema.alterTable("accounts").addColumn(name, "bigint", (column) => column.notNull().defaultTo(0));
      await zero("balance").execute();
      await zero("entry_count").execute();
      await schema
        .alterTable("accounts")
        .addColumn("kind", "text", (column) => column.notNull().defaultTo("customer"))
        .execute();
      await schema.alterTable("accounts").addColumn("idempotency_key", "text").execute();
      await schema.createIndex("accounts_by_key").on("accounts").column("idempotency_key").unique().execute();
    },
  },

  "2026-02-transactions": {
    async up({ schema }: Kysely<LedgerTables>) {
      await schema
        .createTable("transactions")
        .addColumn("id", "text", (column) => column.primaryKey())
        .addColumn("idempotency_key", "text", (column) => column.notNull().unique())
        .addColumn("content_hash", "text", (column) => column.notNull())
        .addColumn("description", "text", (column) => column.notNull())
        .addColumn("posted_at", "text", (column) => column.notNull())
        .execute();
      await schema
        .createTable("entries")
        .addColumn("account_id", "text", (column) => column.notNull().references("accounts.id"))
        .addColumn("sequence", "bigint", (column) => column.notNull())
        .addColumn("transaction_id", "text", (column) => column.notNull().references("transactions.id"))
        .addColumn("position", "integer", (column) => column.notNull())
        .addColumn("amount", "bigint", (column) => column.notNull())
        .addColumn("balance", "bigint", (column) => column.notNull())
        .addPrimaryKeyConstraint("entries_pk", ["account_id", "sequence"])
        .addUniqueConstraint("entries_by_transaction", ["transaction_id", "position"])
        .execute();
    },
  },
};
