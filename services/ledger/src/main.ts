import { credentials, Server } from "@grpc/grpc-js";
import { LedgerServiceService } from "@tracekeep/proto/ledger/v1";
import { TreasuryServiceClient } from "@tracekeep/proto/treasury/v1";
import {
  addStandardServices,
  allInstances,
  callDurations,
  createLogger,
  databaseDependency,
  databaseLocation,
  grpcDependency,
  grpcEndpoint,
  Lifecycle,
  openDatabase,
  serveMetrics,
} from "@tracekeep/service";
import { startTracing } from "tracekeep";
import { loadLedgerConfig } from "./config.ts";
import { ledgerHandlers } from "./ledger-handlers.ts";
import { type LedgerTables, migrations } from "./tables.ts";

const config = loadLedgerConfig();
const logger = createLogger(config);
const lifecycle = new Lifecycle({ config, logger });
const { readiness } = lifecycle;
await serveMetrics({ config, logger, lifecycle });
const tracing = startTracing(config.tracing, {
  logger,
  // A stream that would go on for ever ends so when the service drains: nothing has broken.
  statusRules: [
    {
      method: "ledger.v1.LedgerService/StreamEntries",
      side: "server",
      codes: ["UNAVAILABLE"],
      meaning: "answer",
    },
  ],
});
lifecycle.onClose((limitMs) => tracing.shutdown(limitMs));

const location = databaseLocation(config);
const database = await openDatabase<LedgerTables>({ ...location, migrations, logger });
lifecycle.onClose(() => database.destroy());
const treasury = new TreasuryServiceClient(
  config.TREASURY_ADDRESS,
  credentials.createInsecure(),
  tracing.clientOptions(allInstances),
);
lifecycle.onClose(() => treasury.close());
const server = new Server({ interceptors: [...tracing.serverInterceptors(), ...callDurations()] });
tracing.attach(server);
const { draining } = readiness;
const treasuryTimeoutMs = config.TREASURY_TIMEOUT_MS;
const handlers = ledgerHandlers({ database, logger, treasury, treasuryTimeoutMs, draining });
server.addService(LedgerServiceService, handlers);

const dependencies = [databaseDependency(database, location), grpcDependency("treasury", treasury)];
addStandardServices(server, { config, logger, readiness, dependencies, services: [LedgerServiceService] });

await lifecycle.run(grpcEndpoint(server, config), dependencies);
