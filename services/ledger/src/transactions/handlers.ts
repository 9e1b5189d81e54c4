import { type LedgerServiceServer, PostTransactionRequest } from "@tracekeep/proto/ledger/v1";
import { clientStreamHandler, unaryHandler, validated } from "@tracekeep/service";
import type { Kysely } from "kysely";
import type { EntryFeed } from "../entries/entry-feed.ts";
import { postTransactionRequest } from "../requests/transactions.ts";
import type { LedgerTables } from "../tables.ts";
import { importTransactions } from "./import-transactions.ts";
import { type PostedTransaction, postTransaction } from "./post-transaction.ts";

export interface TransactionParts {
  database: Kysely<LedgerTables>;
  logger: Parameters<typeof unaryHandler>[0];
  feed: EntryFeed;
}

type TransactionMethods = Pick<LedgerServiceServer, "postTransaction" | "importTransactions">;

/** The methods that post transactions. */
export function transactionHandlers({ database, logger, feed }: TransactionParts): TransactionMethods {
  const post = async (request: PostTransactionRequest): Promise<PostedTransaction> => {
    const posted = await postTransaction(database, validated(postTransactionRequest, request));
    if (!posted.duplicate) feed.posted(posted.entries.map(({ accountId }) => accountId));
    return posted;
  };
  return {
    postTransaction: unaryHandler(logger, async (request) => {
      const { id, description, entries, postedAt } = await post(request);
      return { transaction: { id, description, entries, postTime: postedAt } };
    }),

    importTransactions: clientStreamHandler(logger, (requests) =>
      importTransactions(requests, (transaction) => post(transaction ?? PostTransactionRequest.create())),
    ),
  };
}
