import type { LedgerServiceClient } from "@tracekeep/proto/ledger/v1";
import type { TreasuryServiceClient } from "@tracekeep/proto/treasury/v1";
import { type CallScope, unaryCall } from "@tracekeep/service";
import { withSpan } from "tracekeep";
import type { PaymentRow, RunRow } from "./runs.ts";

export interface PaymentParts {
  treasury: TreasuryServiceClient;
  /** The longest wait for the treasury, in milliseconds. */
  treasuryTimeoutMs: number;
  ledger: LedgerServiceClient;
  /** The longest wait for the ledger, in milliseconds. */
  ledgerTimeoutMs: number;
}

/**
 * Moves the money, then posts it. Both have a key of the run and the employee: repeated after a failure, or by another
 * instance, the payment is made once.
 * @throws ServiceError of the treasury or the ledger
 */
export function payEmployee(
  parts: PaymentParts,
  run: RunRow,
  payment: PaymentRow,
  scope: CallScope,
): Promise<void> {
  const attributes = { "payroll.employee_id": payment.employee_id };
  return withSpan("pay employee", { attributes }, () => pay(parts, run, payment, scope));
}

async function pay(
  { treasury, treasuryTimeoutMs, ledger, ledgerTimeoutMs }: PaymentParts,
  { currency, funding_account_id, funding_institution }: RunRow,
  payment: PaymentRow,
  scope: CallScope,
): Promise<void> {
  const idempotencyKey = `payroll:${payment.run_id}:${payment.employee_id}`;
  const amount = BigInt(payment.amount);
  const description = `Salary of ${payment.employee_id}`;
  await unaryCall(
    treasury,
    treasury.transfer,
    {
      idempotencyKey,
      fromInstitution: funding_institution,
      toInstitution: payment.institution,
      amount,
      currency,
      reference: description,
    },
    { scope, timeoutMs: treasuryTimeoutMs },
  );
  const entries = [
    { accountId: funding_account_id, amount: -amount, currency },
    { accountId: payment.account_id, amount, currency },
  ];
  await unaryCall(
    ledger,
    ledger.postTransaction,
    { idempotencyKey, description, entries },
    { scope, timeoutMs: ledgerTimeoutMs },
  );
}
