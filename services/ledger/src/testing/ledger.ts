import { credentials } from "@grpc/grpc-js";
import {
  type Entry,
  LedgerServiceClient,
  LedgerServiceService,
  type PostTransactionRequest,
} from "@tracekeep/proto/ledger/v1";
import { TreasuryServiceClient } from "@tracekeep/proto/treasury/v1";
import { createLogger, unaryCall } from "@tracekeep/service";
import { startGrpcServer, type TestDatabases } from "@tracekeep/service/testing";
import type { Kysely } from "kysely";
import { insertAccount } from "../accounts/accounts.ts";
import { ledgerHandlers } from "../ledger-handlers.ts";
import { type LedgerTables, migrations } from "../tables.ts";

const names = { SERVICE_NAME: "ledger", SERVICE_VERSION: "0.0.0", ENVIRONMENT: "test" };

/** Options of a call that may take long. */
export const patient = {
  scope: { signal: new AbortController().signal, deadline: Number.POSITIVE_INFINITY },
  timeoutMs: 20_000,
};

/** A ledger in this process, with an account `bank` that may be overdrawn. */
export interface TestLedger extends AsyncDisposable {
  readonly database: Kysely<LedgerTables>;
  /** The first of `clients`. */
  readonly client: LedgerServiceClient;
  /** Each with a connection of its own. */
  readonly clients: readonly LedgerServiceClient[];
  /** Opens an account without asking a treasury. */
  open(id: string, part?: { currency?: string; kind?: "customer" | "internal" }): Promise<void>;
  balance(id: string): Promise<bigint | undefined>;
}

export async function startLedger(databases: TestDatabases, clientCount = 1): Promise<TestLedger> {
  const database = await databases.open<LedgerTables>(migrations);
  const logger = createLogger({ ...names, LOG_LEVEL: "silent" });
  const treasury = new TreasuryServiceClient("127.0.0.1:1", credentials.createInsecure());
  const { signal: draining } = new AbortController();
  const handlers = ledgerHandlers({ database, logger, treasury, treasuryTimeoutMs: 1_000, draining });
  const server = await startGrpcServer(LedgerServiceService, handlers);
  const options = { "grpc.use_local_subchannel_pool": 1 };
  const connect = () => new LedgerServiceClient(server.address, credentials.createInsecure(), options);
  const clients = Array.from({ length: clientCount }, connect);
  const client = clients[0] ?? connect();

  const open: TestLedger["open"] = async (id, { currency = "EUR", kind = "customer" } = {}) => {
    const rest = {
      created_at: new Date().toISOString(),
      balance: 0n,
      entry_count: 0n,
      idempotency_key: null,
    };
    await insertAccount(database, { id, name: id, currency, institution: "NORDBANK", kind, ...rest });
  };
  await open("bank", { kind: "internal" });
  return {
    database,
    client,
    clients,
    open,
    async balance(id) {
      const { account } = await unaryCall(client, client.getAccount, { id }, patient);
      return account?.balance;
    },
    async [Symbol.asyncDispose]() {
      treasury.close();
      for (const each of new Set([...clients, client])) each.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** A transaction that moves an amount, under a key of its own unless one is given. */
export function move(
  from: string,
  to: string,
  amount: bigint,
  part: Partial<PostTransactionRequest> = {},
): PostTransactionRequest {
  const entry = (accountId: string, change: bigint): Entry => ({
    accountId,
    amount: change,
    currency: "EUR",
  });
  return {
    idempotencyKey: crypto.randomUUID(),
    description: `${from} to ${to}`,
    entries: [entry(from, -amount), entry(to, amount)],
    ...part,
  };
}

export function post(client: LedgerServiceClient, request: PostTransactionRequest) {
  return unaryCall(client, client.postTransaction, request, patient);
}
