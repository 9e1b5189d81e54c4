import { status } from "@grpc/grpc-js";
import type { LedgerServiceClient } from "@tracekeep/proto/ledger/v1";
import { type CallScope, ServiceError, unaryCall } from "@tracekeep/service";
import type { PaymentRow, RunRow } from "./runs.ts";

export interface LedgerParts {
  ledger: LedgerServiceClient;
  /** The longest wait for the ledger, in milliseconds. */
  ledgerTimeoutMs: number;
}

/** Why the ledger would refuse a payment; undefined if nothing is known against it. */
export type FaultOf = (payment: PaymentRow) => ServiceError | undefined;

/** How many accounts the ledger tells at once. */
const IDS_AT_ONCE = 1_000;

/**
 * Asks the ledger for the accounts of the payments, so that a payment which it would refuse whatever happens is refused
 * before the treasury moves money.
 * @throws ServiceError of the ledger
 */
export async function accountFaults(
  { ledger, ledgerTimeoutMs }: LedgerParts,
  { currency, funding_account_id }: RunRow,
  payments: readonly PaymentRow[],
  scope: CallScope,
): Promise<FaultOf> {
  if (payments.length === 0) return () => undefined;
  const ids = [...new Set([funding_account_id, ...payments.map(({ account_id }) => account_id)])];
  const currencies = new Map<string, string>();
  for (let start = 0; start < ids.length; start += IDS_AT_ONCE) {
    const request = { ids: ids.slice(start, start + IDS_AT_ONCE) };
    const options = { scope, timeoutMs: ledgerTimeoutMs };
    const { accounts } = await unaryCall(ledger, ledger.batchGetAccounts, request, options);
    for (const account of accounts) currencies.set(account.id, account.currency);
  }
  const faultOf = (id: string): ServiceError | undefined => {
    const held = currencies.get(id);
    if (held === currency) return undefined;
    if (held !== undefined) {
      const message = `account ${id} is in ${held}, not in ${currency}: give an account in ${currency}`;
      return new ServiceError(status.FAILED_PRECONDITION, message);
    }
    return new ServiceError(status.NOT_FOUND, `there is no account ${JSON.stringify(id.slice(0, 64))}`);
  };
  return ({ account_id }) => faultOf(funding_account_id) ?? faultOf(account_id);
}
