import { type Payment, PaymentStatus, type RunSummary } from "@tracekeep/proto/payroll/v1";

/** Counts the payments of a run by how they ended. */
export function summarize(payments: readonly Payment[], amounts: ReadonlyMap<string, bigint>): RunSummary {
  const count = (wanted: PaymentStatus) => payments.filter(({ status }) => status === wanted).length;
  const paid = payments.filter(
    ({ status }) =>
      status === PaymentStatus.PAYMENT_STATUS_PAID || status === PaymentStatus.PAYMENT_STATUS_ALREADY_PAID,
  );
  return {
    employees: payments.length,
    paid: count(PaymentStatus.PAYMENT_STATUS_PAID),
    alreadyPaid: count(PaymentStatus.PAYMENT_STATUS_ALREADY_PAID),
    failed: count(PaymentStatus.PAYMENT_STATUS_FAILED),
    pending: count(PaymentStatus.PAYMENT_STATUS_PENDING),
    amountPaid: paid.reduce((sum, { employeeId }) => sum + (amounts.get(employeeId) ?? 0n), 0n),
  };
}
