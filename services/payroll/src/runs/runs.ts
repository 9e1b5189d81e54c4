import { createHash } from "node:crypto";
import { status } from "@grpc/grpc-js";
import { ServiceError } from "@tracekeep/service";
import type { Kysely, Selectable, Transaction } from "kysely";
import type { NewRun } from "../requests/requests.ts";
import type { PayrollTables } from "../tables.ts";

export type PaymentRow = Selectable<PayrollTables["payments"]>;
export type RunRow = PayrollTables["runs"];

export interface Run {
  readonly row: RunRow;
  /** In the order of the run. */
  readonly payments: readonly PaymentRow[];
}

/** How many rows one statement inserts: databases bound the number of values in a statement. */
const ROWS_AT_ONCE = 500;

/**
 * Opens a run, or finds the one that its key has opened before.
 * @throws ServiceError ALREADY_EXISTS if the key was used for another run
 */
export async function openRun(database: Kysely<PayrollTables>, run: NewRun): Promise<Run> {
  const { currency, fundingAccountId, fundingInstitution } = run.payroll;
  const row: RunRow = {
    id: runIdOf(run.idempotencyKey),
    content_hash: contentHash(run),
    currency,
    funding_account_id: fundingAccountId,
    funding_institution: fundingInstitution,
    created_at: new Date().toISOString(),
  };
  await database.transaction().execute((transaction) => insertRun(transaction, row, run));
  const found = await findRun(database, row.id);
  if (found?.row.content_hash === row.content_hash) return found;
  throw new ServiceError(
    status.ALREADY_EXISTS,
    "idempotency_key was used for another run: choose another key",
  );
}

export async function findRun(database: Kysely<PayrollTables>, id: string): Promise<Run | undefined> {
  const row = await database.selectFrom("runs").selectAll().where("id", "=", id).executeTakeFirst();
  if (!row) return undefined;
  const payments = database.selectFrom("payments").selectAll().where("run_id", "=", id);
  return { row, payments: await payments.orderBy("position").execute() };
}

/** Records how a payment ended. */
export async function recordPayment(
  database: Kysely<PayrollTables>,
  { run_id, employee_id }: PaymentRow,
  end: Pick<PaymentRow, "status" | "reason">,
): Promise<void> {
  await database
    .updateTable("payments")
    .set(end)
    .where("run_id", "=", run_id)
    .where("employee_id", "=", employee_id)
    .execute();
}

async function insertRun(
  transaction: Transaction<PayrollTables>,
  row: RunRow,
  { payroll }: NewRun,
): Promise<void> {
  const { numInsertedOrUpdatedRows } = await transaction
    .insertInto("runs")
    .values(row)
    .onConflict((conflict) => conflict.column("id").doNothing())
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows !== 1n) return;
  const payments = payroll.employees.map(({ employeeId, accountId, institution, amount }, position) => ({
    run_id: row.id,
    employee_id: employeeId,
    position,
    account_id: accountId,
    institution,
    amount,
    status: "pending" as const,
    reason: "",
  }));
  for (let start = 0; start < payments.length; start += ROWS_AT_ONCE) {
    const rows = payments.slice(start, start + ROWS_AT_ONCE);
    await transaction.insertInto("payments").values(rows).execute();
  }
}

/** The same key makes the same id, so that a run is not paid twice even if its database is lost. */
function runIdOf(idempotencyKey: string): string {
  return createHash("sha256").update(idempotencyKey).digest("base64url").slice(0, 22);
}

function contentHash({ payroll }: NewRun): string {
  const content = JSON.stringify(payroll, (_, value) => (typeof value === "bigint" ? `${value}` : value));
  return createHash("sha256").update(content).digest("base64url");
}
