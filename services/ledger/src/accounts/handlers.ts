import { type Account, AccountKind, type LedgerServiceServer } from "@tracekeep/proto/ledger/v1";
import { unaryHandler, validated } from "@tracekeep/service";
import { withSpan } from "tracekeep";
import {
  batchGetAccountsRequest,
  createAccountRequest,
  listAccountsRequest,
  pageToken,
} from "../requests/accounts.ts";
import { type AccountRow, findAccount, findAccounts, listAccounts, noSuchAccount } from "./accounts.ts";
import { type AccountParts, openAccount } from "./open-account.ts";

type AccountMethods = Pick<
  LedgerServiceServer,
  "createAccount" | "getAccount" | "batchGetAccounts" | "listAccounts"
>;

/** The methods that open and read accounts. */
export function accountHandlers(
  parts: AccountParts & { logger: Parameters<typeof unaryHandler>[0] },
): AccountMethods {
  const { database, logger } = parts;
  return {
    createAccount: unaryHandler(logger, async (request, scope) => {
      const account = validated(createAccountRequest, request);
      const attributes = {
        "account.currency": account.currency,
        "account.institution": account.institution,
      };
      const row = await withSpan("open account", { attributes }, () => openAccount(parts, account, scope));
      return { account: toAccount(row) };
    }),

    getAccount: unaryHandler(logger, async ({ id }) => {
      const row = await findAccount(database, id);
      if (!row) throw noSuchAccount(id);
      return { account: toAccount(row) };
    }),

    batchGetAccounts: unaryHandler(logger, async (request) => {
      const { ids } = validated(batchGetAccountsRequest, request);
      const rows = await findAccounts(database, ids);
      return { accounts: rows.map(toAccount) };
    }),

    listAccounts: unaryHandler(logger, async (request) => {
      const { pageSize, pageToken: after } = validated(listAccountsRequest, request);
      // One more than asked for tells whether another page follows.
      const rows = await listAccounts(database, pageSize + 1, after);
      const page = rows.slice(0, pageSize);
      const last = page.at(-1);
      const nextPageToken = last && rows.length > pageSize ? pageToken(last) : "";
      return { accounts: page.map(toAccount), nextPageToken };
    }),
  };
}

const kinds = {
  customer: AccountKind.ACCOUNT_KIND_CUSTOMER,
  internal: AccountKind.ACCOUNT_KIND_INTERNAL,
} as const;

function toAccount({ id, name, currency, institution, created_at, kind, balance }: AccountRow): Account {
  return {
    id,
    name,
    currency,
    institution,
    createTime: new Date(created_at),
    kind: kinds[kind],
    balance: BigInt(balance),
  };
}
