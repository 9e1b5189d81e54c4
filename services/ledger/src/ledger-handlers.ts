import { randomUUID } from "node:crypto";
import { status } from "@grpc/grpc-js";
import type { Account, LedgerServiceServer } from "@tracekeep/proto/ledger/v1";
import type { TreasuryServiceClient } from "@tracekeep/proto/treasury/v1";
import { ServiceError, unaryCall, unaryHandler } from "@tracekeep/service";
import type { Kysely } from "kysely";
import { withSpan } from "tracekeep";
import { type AccountRow, findAccount, insertAccount, listAccounts } from "./accounts.ts";
import { createAccountRequest, listAccountsRequest, pageToken, validated } from "./requests.ts";
import type { LedgerTables } from "./tables.ts";

export interface LedgerParts {
  database: Kysely<LedgerTables>;
  logger: Parameters<typeof unaryHandler>[0];
  treasury: TreasuryServiceClient;
  /** The longest wait for the treasury, in milliseconds. */
  treasuryTimeoutMs: number;
}

/** The methods of ledger.v1.LedgerService. */
export function ledgerHandlers({
  database,
  logger,
  treasury,
  treasuryTimeoutMs,
}: LedgerParts): LedgerServiceServer {
  return {
    createAccount: unaryHandler(logger, async (request, scope) => {
      const { name, currency, institution, accountId } = validated(createAccountRequest, request);
      const attributes = { "account.currency": currency, "account.institution": institution };
      const account = await withSpan("open account", { attributes }, async () => {
        await unaryCall(
          treasury,
          treasury.validateAccount,
          { currency, institution, holderName: name },
          { scope, timeoutMs: treasuryTimeoutMs },
        );
        const row = {
          id: accountId || randomUUID(),
          name,
          currency,
          institution,
          created_at: new Date().toISOString(),
        };
        if (await insertAccount(database, row)) return row;
        throw new ServiceError(
          status.ALREADY_EXISTS,
          `account ${row.id} exists already: choose another account_id`,
        );
      });
      return { account: toAccount(account) };
    }),

    getAccount: unaryHandler(logger, async ({ id }) => {
      const row = await findAccount(database, id);
      if (!row)
        throw new ServiceError(status.NOT_FOUND, `there is no account ${JSON.stringify(id.slice(0, 64))}`);
      return { account: toAccount(row) };
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

function toAccount({ id, name, currency, institution, created_at }: AccountRow): Account {
  return { id, name, currency, institution, createTime: new Date(created_at) };
}
