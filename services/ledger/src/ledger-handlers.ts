import type { LedgerServiceServer } from "@tracekeep/proto/ledger/v1";
import type { unaryHandler } from "@tracekeep/service";
import { accountHandlers } from "./accounts/handlers.ts";
import type { AccountParts } from "./accounts/open-account.ts";
import { EntryFeed } from "./entries/entry-feed.ts";
import { entryHandlers } from "./entries/handlers.ts";
import { transactionHandlers } from "./transactions/handlers.ts";

export interface LedgerParts extends AccountParts {
  logger: Parameters<typeof unaryHandler>[0];
  /** Fires when the service stops: streams without an end of their own end with its reason. */
  draining: AbortSignal;
}

/** The methods of ledger.v1.LedgerService. */
export function ledgerHandlers(parts: LedgerParts): LedgerServiceServer {
  const feed = new EntryFeed();
  return {
    ...accountHandlers(parts),
    ...transactionHandlers({ ...parts, feed }),
    ...entryHandlers({ ...parts, feed }),
  };
}
