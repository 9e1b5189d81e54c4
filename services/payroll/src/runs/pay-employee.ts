import type { TreasuryServiceClient } from "@tracekeep/proto/treasury/v1";
import { type CallScope, ServiceError, unaryCall } from "@tracekeep/service";
import { withSpan } from "tracekeep";
import type { LedgerParts } from "./account-faults.ts";
import type { PaymentRow, RunRow } from "./runs.ts";

export interface PaymentParts extends LedgerParts {
  treasury: TreasuryServiceClient;
  /** The longest wait for the treasury, in milliseconds. */
  treasuryTimeoutMs: number;
}

/**
 * Moves the money, then posts it. Both have a key of the run and the employee: repeated after a failure, or by another
 * instance, the payment is made once.
 * @throws ServiceError of the treasury, with no money moved, or of the ledger, which says that the transfer stands
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
  const posting = { idempotencyKey, description, entries };
  await unaryCall(ledger, ledger.postTransaction, posting, { scope, timeoutMs: ledgerTimeoutMs }).catch(
    (error: unknown) => {
      throw error instanceof ServiceError ? transferStands(error) : error;
    },
  );
}

/** A new run would transfer again: the reason says that, and what to do instead. */
function transferStands(cause: ServiceError): ServiceError {
  const advice = "repeat the run with the same idempotency key to post it";
  return new ServiceError(cause.code, `${cause.message}; the treasury's transfer stands: ${advice}`, {
    cause,
  });
}
