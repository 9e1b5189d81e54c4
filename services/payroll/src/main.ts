import { credentials, Server } from "@grpc/grpc-js";
import { LedgerServiceClient } from "@tracekeep/proto/ledger/v1";
import { PayrollServiceService } from "@tracekeep/proto/payroll/v1";
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
import { loadPayrollConfig } from "./config.ts";
import { payrollHandlers } from "./payroll-handlers.ts";
import { migrations, type PayrollTables } from "./tables.ts";

const config = loadPayrollConfig();
const logger = createLogger(config);
const lifecycle = new Lifecycle({ config, logger });
const { readiness } = lifecycle;
await serveMetrics({ config, logger, lifecycle });
const tracing = startTracing(config.tracing, { logger });
lifecycle.onClose((limitMs) => tracing.shutdown(limitMs));

const location = databaseLocation(config);
const database = await openDatabase<PayrollTables>({ ...location, migrations, logger });
lifecycle.onClose(() => database.destroy());
const insecure = credentials.createInsecure();
const treasury = new TreasuryServiceClient(
  config.TREASURY_ADDRESS,
  insecure,
  tracing.clientOptions(allInstances),
);
lifecycle.onClose(() => treasury.close());
const ledger = new LedgerServiceClient(config.LEDGER_ADDRESS, insecure, tracing.clientOptions(allInstances));
lifecycle.onClose(() => ledger.close());
const server = new Server({ interceptors: [...tracing.serverInterceptors(), ...callDurations()] });
tracing.attach(server);
const handlers = payrollHandlers({
  database,
  logger,
  treasury,
  treasuryTimeoutMs: config.TREASURY_TIMEOUT_MS,
  ledger,
  ledgerTimeoutMs: config.LEDGER_TIMEOUT_MS,
  concurrency: config.PAYROLL_CONCURRENCY,
  stop: readiness,
});
server.addService(PayrollServiceService, handlers);

const dependencies = [
  databaseDependency(database, location),
  grpcDependency("treasury", treasury),
  grpcDependency("ledger", ledger),
];
addStandardServices(server, { config, logger, readiness, dependencies, services: [PayrollServiceService] });

await lifecycle.run(grpcEndpoint(server, config), dependencies);
