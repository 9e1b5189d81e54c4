import { credentials } from "@grpc/grpc-js";
import { TreasuryServiceClient, TreasuryServiceService } from "@tracekeep/proto/treasury/v1";
import { createLogger } from "@tracekeep/service";
import { startGrpcServer, type TestDatabases } from "@tracekeep/service/testing";
import type { Kysely } from "kysely";
import { RateBoard } from "../rates/rate-board.ts";
import { migrations, type TreasuryTables } from "../tables.ts";
import { treasuryHandlers } from "../treasury-handlers.ts";

const names = { SERVICE_NAME: "treasury", SERVICE_VERSION: "0.0.0", ENVIRONMENT: "test" };

/** A treasury in this process. */
export interface TestTreasury extends AsyncDisposable {
  readonly database: Kysely<TreasuryTables>;
  readonly client: TreasuryServiceClient;
}

/** Its rates change every `rateIntervalMs` milliseconds while someone watches: 10 by default. */
export async function startTreasury(
  databases: TestDatabases,
  { rateIntervalMs = 10 } = {},
): Promise<TestTreasury> {
  const database = await databases.open<TreasuryTables>(migrations);
  const logger = createLogger({ ...names, LOG_LEVEL: "silent" });
  const board = new RateBoard({ seed: 1, intervalMs: rateIntervalMs });
  const { signal: draining } = new AbortController();
  const handlers = treasuryHandlers({ database, logger, board, draining });
  const server = await startGrpcServer(TreasuryServiceService, handlers);
  const client = new TreasuryServiceClient(server.address, credentials.createInsecure());
  return {
    database,
    client,
    async [Symbol.asyncDispose]() {
      client.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** Options of a call that may take long. */
export function patient(signal = new AbortController().signal) {
  return { scope: { signal, deadline: Number.POSITIVE_INFINITY }, timeoutMs: 20_000 };
}
