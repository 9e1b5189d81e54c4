import { status } from "@grpc/grpc-js";
import { type Payment, PaymentStatus, type RunPayrollResponse } from "@tracekeep/proto/payroll/v1";
import { type CallScope, type Send, ServiceError, type StopSignals } from "@tracekeep/service";
import type { Kysely } from "kysely";
import type { PayrollTables } from "../tables.ts";
import { accountFaults } from "./account-faults.ts";
import { eachConcurrently } from "./each-concurrently.ts";
import { type PaymentParts, payEmployee } from "./pay-employee.ts";
import { type PaymentRow, type Run, recordPayment } from "./runs.ts";
import { summarize } from "./summary.ts";

export interface RunParts extends PaymentParts {
  database: Kysely<PayrollTables>;
  /** Payments under way at once, at most. */
  concurrency: number;
  /** Fire when the service stops. */
  stop: StopSignals;
}

/**
 * Makes the payments of a run that are not made yet and reports each; what the ledger would refuse is not begun. Once
 * the caller has gone, or the service has no more time, those under way are cancelled and stay pending, whatever the
 * treasury and the ledger made of them.
 * @throws ServiceError UNAVAILABLE if the service stops before the run has ended; the ledger's if it cannot be asked
 */
export async function runPayroll(
  parts: RunParts,
  run: Run,
  send: Send<RunPayrollResponse>,
  scope: CallScope,
): Promise<void> {
  const { windingDown, cutOff } = parts.stop;
  const bounded = { ...scope, signal: AbortSignal.any([scope.signal, cutOff]) };
  try {
    await makePayments(parts, run, send, bounded);
  } catch (error) {
    const reason: unknown = bounded.signal.aborted ? bounded.signal.reason : error;
    throw reason === windingDown.reason || reason === cutOff.reason ? interrupted() : reason;
  }
}

async function makePayments(
  parts: RunParts,
  { row, payments }: Run,
  send: Send<RunPayrollResponse>,
  scope: CallScope,
): Promise<void> {
  const unpaid = payments.filter((payment) => payment.status !== "paid");
  const faultOf = await accountFaults(parts, row, unpaid, scope);
  await send({ started: { runId: row.id, employees: payments.length } });
  const results: Payment[] = [];
  const report = async ({ employee_id: employeeId }: PaymentRow, status: PaymentStatus, reason = "") => {
    const payment = { employeeId, status, reason };
    results.push(payment);
    await send({ payment });
  };
  for (const payment of payments.filter(({ status }) => status === "paid")) {
    await report(payment, PaymentStatus.PAYMENT_STATUS_ALREADY_PAID);
  }
  await eachConcurrently(unpaid, parts.concurrency, async (payment) => {
    scope.signal.throwIfAborted();
    parts.stop.windingDown.throwIfAborted();
    const fault = faultOf(payment);
    const reason = fault ? describe(fault) : await failureOf(payEmployee(parts, row, payment, scope), scope);
    await recordPayment(parts.database, payment, { status: reason ? "failed" : "paid", reason });
    const { PAYMENT_STATUS_FAILED, PAYMENT_STATUS_PAID } = PaymentStatus;
    await report(payment, reason ? PAYMENT_STATUS_FAILED : PAYMENT_STATUS_PAID, reason);
  });
  await send({ summary: summarize(results, amountsOf(payments)) });
}

function interrupted(): ServiceError {
  const advice = "repeat the request with the same idempotency key, and the run goes on";
  return new ServiceError(status.UNAVAILABLE, `the service is stopping: ${advice}`);
}

/** Why a payment failed; empty if it did not. Throws if that says nothing about the payment. */
async function failureOf(payment: Promise<void>, { signal }: CallScope): Promise<string> {
  try {
    await payment;
    return "";
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof ServiceError)) throw error;
    return describe(error);
  }
}

function describe({ code, message }: ServiceError): string {
  return `${status[code]}: ${message}`;
}

function amountsOf(payments: readonly PaymentRow[]): Map<string, bigint> {
  return new Map(payments.map(({ employee_id, amount }) => [employee_id, BigInt(amount)]));
}
