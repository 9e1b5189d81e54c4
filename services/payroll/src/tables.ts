import type { Migrations } from "@tracekeep/service";
import type { ColumnType, Kysely } from "kysely";

export interface PayrollTables {
  runs: {
    id: string;
    /** Tells whether a repeated key came with the same content. */
    content_hash: string;
    currency: string;
    funding_account_id: string;
    funding_institution: string;
    /** UTC in ISO 8601. */
    created_at: string;
  };
  payments: {
    run_id: string;
    employee_id: string;
    /** The place in the run, from 0. */
    position: number;
    account_id: string;
    institution: string;
    /** In minor units. Drivers differ in what they read it as: turn it into a bigint before use. */
    amount: ColumnType<bigint | number | string, bigint, never>;
    status: "pending" | "paid" | "failed";
    /** Why it failed; empty otherwise. */
    reason: string;
  };
}

export const migrations: Migrations = {
  "2026-02-runs": {
    async up({ schema }: Kysely<PayrollTables>) {
      await schema
        .createTable("runs")
        .addColumn("id", "text", (column) => column.primaryKey())
        .addColumn("content_hash", "text", (column) => column.notNull())
        .addColumn("currency", "text", (column) => column.notNull())
        .addColumn("funding_account_id", "text", (column) => column.notNull())
        .addColumn("funding_institution", "text", (column) => column.notNull())
        .addColumn("created_at", "text", (column) => column.notNull())
        .execute();
      await schema
        .createTable("payments")
        .addColumn("run_id", "text", (column) => column.notNull().references("runs.id"))
        .addColumn("employee_id", "text", (column) => column.notNull())
        .addColumn("position", "integer", (column) => column.notNull())
        .addColumn("account_id", "text", (column) => column.notNull())
        .addColumn("institution", "text", (column) => column.notNull())
        .addColumn("amount", "bigint", (column) => column.notNull())
        .addColumn("status", "text", (column) => column.notNull())
        .addColumn("reason", "text", (column) => column.notNull())
        .addPrimaryKeyConstraint("payments_pk", ["run_id", "employee_id"])
        .execute();
    },
  },
};
