import { Server } from "@grpc/grpc-js";
import { TreasuryServiceService } from "@tracekeep/proto/treasury/v1";
import {
  addStandardServices,
  callDurations,
  createLogger,
  databaseDependency,
  databaseLocation,
  grpcEndpoint,
  Lifecycle,
  openDatabase,
  serveMetrics,
} from "@tracekeep/service";
import { startTracing } from "tracekeep";
import { loadTreasuryConfig } from "./config.ts";
import { RateBoard } from "./rates/rate-board.ts";
import { migrations, type TreasuryTables } from "./tables.ts";
import { treasuryHandlers } from "./treasury-handlers.ts";

const config = loadTreasuryConfig();
const logger = createLogger(config);
const lifecycle = new Lifecycle({ config, logger });
const { readiness } = lifecycle;
await serveMetrics({ config, logger, lifecycle });
const tracing = startTracing(config.tracing, {
  logger,
  // A stream that would go on for ever ends so when the service drains: nothing has broken.
  statusRules: [
    {
      method: "treasury.v1.TreasuryService/WatchRates",
      side: "server",
      codes: ["UNAVAILABLE"],
      meaning: "answer",
    },
  ],
});
lifecycle.onClose((limitMs) => tracing.shutdown(limitMs));

const location = databaseLocation(config);
const database = await openDatabase<TreasuryTables>({ ...location, migrations, logger });
lifecycle.onClose(() => database.destroy());
const server = new Server({ interceptors: [...tracing.serverInterceptors(), ...callDurations()] });
tracing.attach(server);
const board = new RateBoard({ seed: config.RATE_SEED, intervalMs: config.RATE_INTERVAL_MS });
const handlers = treasuryHandlers({ database, logger, board, draining: readiness.draining });
server.addService(TreasuryServiceService, handlers);

const dependencies = [databaseDependency(database, location)];
addStandardServices(server, { config, logger, readiness, dependencies, services: [TreasuryServiceService] });

await lifecycle.run(grpcEndpoint(server, config), dependencies);
