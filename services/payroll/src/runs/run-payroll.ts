import { status } from "@grpc/grpc-js";
import { type Payment, PaymentStatus, type RunPayrollResponse } from "@tracekeep/proto/payroll/v1";
import { type CallScope, type Send, ServiceError } from "@tracekeep/service";
import type { Kysely } from "kysely";
import type { PayrollTables } from "../tables.ts";
import { eachConcurrently } from "./each-concurrently.ts";
import { type PaymentParts, payEmployee } from "./pay-employee.ts";
import { type PaymentRow, type Run, recordPayment } from "./runs.ts";
import { summarize } from "./summary.ts";

export interface RunParts extends PaymentParts {
  database: Kysely<PayrollTables>;
  /** Payments under way at once, at most. */
  concurrency: number;
}

/**
 * Makes the payments of a run that are not made yet and reports each. Once the caller has gone none begins; those under
 * way are cancelled and stay pending, whatever the treasury and the ledger made of them.
 */
export async function runPayroll(
  parts: RunParts,
  { row, payments }: Run,
  send: Send<RunPayrollResponse>,
  scope: CallScope,
): Promise<void> {
  await send({ started: { runId: row.id, employees: payments.length } });
  const results: Payment[] = [];
  const report = async (payment: Payment) => {
    results.push(payment);
    await send({ payment });
  };
  const paid = payments.filter((payment) => payment.status === "paid");
  for (const { employee_id: employeeId } of paid) {
    await report({ employeeId, status: PaymentStatus.PAYMENT_STATUS_ALREADY_PAID, reason: "" });
  }
  const unpaid = payments.filter((payment) => payment.status !== "paid");
  await eachConcurrently(unpaid, parts.concurrency, async (payment) => {
    scope.signal.throwIfAborted();
    const reason = await failureOf(payEmployee(parts, row, payment, scope), scope);
    const failed = reason !== "";
    await recordPayment(parts.database, payment, { status: failed ? "failed" : "paid", reason });
    await report({
      employeeId: payment.employee_id,
      status: failed ? PaymentStatus.PAYMENT_STATUS_FAILED : PaymentStatus.PAYMENT_STATUS_PAID,
      reason,
    });
  });
  await send({ summary: summarize(results, amountsOf(payments)) });
}

/** Why a payment failed; empty if it did not. Throws if that says nothing about the payment. */
async function failureOf(payment: Promise<void>, { signal }: CallScope): Promise<string> {
  try {
    await payment;
    return "";
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof ServiceError)) throw error;
    return `${status[error.code]}: ${error.message}`;
  }
}

function amountsOf(payments: readonly PaymentRow[]): Map<string, bigint> {
  return new Map(payments.map(({ employee_id, amount }) => [employee_id, BigInt(amount)]));
}
