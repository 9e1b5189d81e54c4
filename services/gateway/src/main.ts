import { credentials } from "@grpc/grpc-js";
import { LedgerServiceClient } from "@tracekeep/proto/ledger/v1";
import { PayrollServiceClient } from "@tracekeep/proto/payroll/v1";
import { TreasuryServiceClient } from "@tracekeep/proto/treasury/v1";
import { allInstances, createLogger, grpcDependency, Lifecycle, serveMetrics } from "@tracekeep/service";
import { startTracing } from "tracekeep";
import { gatewayApp } from "./app.ts";
import { loadGatewayConfig } from "./config.ts";
import { httpEndpoint } from "./http/endpoint.ts";

const config = loadGatewayConfig();
const logger = createLogger(config);
const lifecycle = new Lifecycle({ config, logger });
const { readiness } = lifecycle;
await serveMetrics({ config, logger, lifecycle });
const tracing = startTracing(config.tracing, { logger });
lifecycle.onClose((limitMs) => tracing.shutdown(limitMs));

const insecure = credentials.createInsecure();
const ledger = new LedgerServiceClient(config.LEDGER_ADDRESS, insecure, tracing.clientOptions(allInstances));
const treasury = new TreasuryServiceClient(
  config.TREASURY_ADDRESS,
  insecure,
  tracing.clientOptions(allInstances),
);
const payroll = new PayrollServiceClient(
  config.PAYROLL_ADDRESS,
  insecure,
  tracing.clientOptions(allInstances),
);
for (const client of [ledger, treasury, payroll]) lifecycle.onClose(() => client.close());
const dependencies = [
  grpcDependency("ledger", ledger, { critical: true }),
  grpcDependency("treasury", treasury),
  grpcDependency("payroll", payroll),
];
const app = gatewayApp({
  readiness,
  dependencies,
  ledger,
  ledgerTimeoutMs: config.LEDGER_TIMEOUT_MS,
  treasury,
  treasuryTimeoutMs: config.TREASURY_TIMEOUT_MS,
  payroll,
  payrollTimeoutMs: config.PAYROLL_TIMEOUT_MS,
  cutOff: readiness.cutOff,
  logger,
});

await lifecycle.run(httpEndpoint(app, config), dependencies);
