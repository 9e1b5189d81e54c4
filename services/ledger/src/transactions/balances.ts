import { status } from "@grpc/grpc-js";
import { ServiceError } from "@tracekeep/service";
import type { Transaction } from "kysely";
import { findAccount, noSuchAccount } from "../accounts/accounts.ts";
import type { NewEntry } from "../requests/transactions.ts";
import type { LedgerTables } from "../tables.ts";

/** The largest balance, either way, in minor units: JavaScript, and thus JSON, is exact up to it. */
const MAX_BALANCE = BigInt(Number.MAX_SAFE_INTEGER);

/** What a transaction's entries do to one account. */
export interface AccountChange {
  readonly accountId: string;
  readonly currency: string;
  /** The sum of the entries. */
  readonly amount: bigint;
  /** How many entries. */
  readonly count: bigint;
}

/** An account as a change has left it. */
export interface ChangedAccount {
  readonly balance: bigint;
  readonly entryCount: bigint;
}

/** One change for each account and currency, in the order in which accounts are locked: by id. */
export function changesOf(entries: readonly NewEntry[]): AccountChange[] {
  const changes = new Map<string, AccountChange>();
  for (const { accountId, currency, amount } of entries) {
    const key = `${currency} ${accountId}`;
    const before = changes.get(key) ?? { accountId, currency, amount: 0n, count: 0n };
    changes.set(key, { ...before, amount: before.amount + amount, count: before.count + 1n });
  }
  return [...changes.values()].sort((a, b) => (a.accountId < b.accountId ? -1 : 1));
}

/**
 * Changes an account's balance. The update itself checks and locks the row, so that nothing can come between.
 * @throws ServiceError NOT_FOUND, FAILED_PRECONDITION or OUT_OF_RANGE if the account does not allow the change
 */
export async function changeBalance(
  transaction: Transaction<LedgerTables>,
  change: AccountChange,
): Promise<ChangedAccount> {
  const { accountId, currency, amount, count } = change;
  const row = await transaction
    .updateTable("accounts")
    .set(({ eb }) => ({
      balance: eb("balance", "+", amount),
      entry_count: eb("entry_count", "+", count),
    }))
    .where("id", "=", accountId)
    .where("currency", "=", currency)
    .where(({ eb, or }) => or([eb("kind", "=", "internal"), eb("balance", ">=", -amount)]))
    // Written so that no sum leaves the range of 64 bits.
    .where("balance", "<=", MAX_BALANCE - amount)
    .where("balance", ">=", -MAX_BALANCE - amount)
    .returning(["balance", "entry_count"])
    .executeTakeFirst();
  if (!row) throw await refusal(transaction, change);
  return { balance: BigInt(row.balance), entryCount: BigInt(row.entry_count) };
}

async function refusal(
  transaction: Transaction<LedgerTables>,
  { accountId, currency, amount }: AccountChange,
): Promise<ServiceError> {
  const account = await findAccount(transaction, accountId);
  if (!account) return noSuchAccount(accountId);
  if (account.currency !== currency) {
    const message = `account ${accountId} is in ${account.currency}, not in ${currency}`;
    return new ServiceError(status.FAILED_PRECONDITION, `${message}: post in the account's currency`);
  }
  const balance = BigInt(account.balance) + amount;
  if (balance > MAX_BALANCE || balance < -MAX_BALANCE) {
    const message = `the balance of account ${accountId} would leave the range of ±${MAX_BALANCE}`;
    return new ServiceError(status.OUT_OF_RANGE, `${message}: post a smaller amount`);
  }
  // How much is missing is the customer's own affair.
  return new ServiceError(status.FAILED_PRECONDITION, `insufficient funds in account ${accountId}`);
}
