import type { LedgerServiceServer } from "@tracekeep/proto/ledger/v1";
import { serverStreamHandler, validated } from "@tracekeep/service";
import type { Kysely } from "kysely";
import { findAccount, noSuchAccount } from "../accounts/accounts.ts";
import { streamEntriesRequest } from "../requests/transactions.ts";
import type { LedgerTables } from "../tables.ts";
import { readEntries } from "./entries.ts";
import type { EntryFeed } from "./entry-feed.ts";

export interface EntryParts {
  database: Kysely<LedgerTables>;
  logger: Parameters<typeof serverStreamHandler>[0];
  feed: EntryFeed;
  /** Fires when the service stops: streams that follow an account end with its reason. */
  draining: AbortSignal;
}

const PAGE_SIZE = 100;
/** How late, at most, an entry is seen that another instance has posted, in milliseconds. */
const POLL_MS = 5_000;

/** The method that sends an account's entries. */
export function entryHandlers({
  database,
  logger,
  feed,
  draining,
}: EntryParts): Pick<LedgerServiceServer, "streamEntries"> {
  return {
    streamEntries: serverStreamHandler(logger, async (request, send, { signal }) => {
      const { accountId, fromSequence, follow } = validated(streamEntriesRequest, request);
      if (!(await findAccount(database, accountId))) throw noSuchAccount(accountId);
      const end = AbortSignal.any([signal, draining]);
      using watch = feed.watch(accountId);
      for (let next = fromSequence; ; ) {
        const page = await readEntries(database, accountId, next, PAGE_SIZE);
        for (const entry of page) await send(entry);
        next = (page.at(-1)?.sequence ?? next - 1n) + 1n;
        if (page.length === PAGE_SIZE) continue;
        if (!follow) return;
        await watch.next(POLL_MS, end);
      }
    }),
  };
}
