import { credentials, Server } from "@grpc/grpc-js";
import { LedgerServiceService } from "@tracekeep/proto/ledger/v1";
import { TreasuryServiceClient } from "@tracekeep/proto/treasury/v1";
import { createLogger, grpcEndpoint, openDatabase, runService } from "@tracekeep/service";
import { startTracing } from "tracekeep";
import { loadLedgerConfig } from "./config.ts";
import { ledgerHandlers } from "./ledger-handlers.ts";
import { type LedgerTables, migrations } from "./tables.ts";

const config = loadLedgerConfig();
const logger = createLogger(config);
const tracing = startTracing(config.tracing, { logger });

const database = await openDatabase<LedgerTables>({ path: config.DATABASE_PATH, migrations });
const treasury = new TreasuryServiceClient(
  config.TREASURY_ADDRESS,
  credentials.createInsecure(),
  tracing.clientOptions(),
);
const server = new Server({ interceptors: tracing.serverInterceptors() });
tracing.attach(server);
const treasuryTimeoutMs = config.TREASURY_TIMEOUT_MS;
server.addService(LedgerServiceService, ledgerHandlers({ database, logger, treasury, treasuryTimeoutMs }));

await runService({
  config,
  logger,
  endpoint: grpcEndpoint(server, config),
  close: [() => treasury.close(), () => tracing.shutdown(), () => database.destroy()],
});
