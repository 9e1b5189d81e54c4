import { Server } from "@grpc/grpc-js";
import { TreasuryServiceService } from "@tracekeep/proto/treasury/v1";
import { createLogger, grpcEndpoint, openDatabase, runService } from "@tracekeep/service";
import { startTracing } from "tracekeep";
import { loadTreasuryConfig } from "./config.ts";
import { migrations, type TreasuryTables } from "./tables.ts";
import { treasuryHandlers } from "./treasury-handlers.ts";

const config = loadTreasuryConfig();
const logger = createLogger(config);
const tracing = startTracing(config.tracing, { logger });

const database = await openDatabase<TreasuryTables>({ path: config.DATABASE_PATH, migrations });
const server = new Server({ interceptors: tracing.serverInterceptors() });
tracing.attach(server);
server.addService(TreasuryServiceService, treasuryHandlers({ database, logger }));

await runService({
  config,
  logger,
  endpoint: grpcEndpoint(server, config),
  close: [() => tracing.shutdown(), () => database.destroy()],
});
