import { credentials } from "@grpc/grpc-js";
import { LedgerServiceClient } from "@tracekeep/proto/ledger/v1";
import { createLogger, runService } from "@tracekeep/service";
import { startTracing } from "tracekeep";
import { gatewayApp } from "./app.ts";
import { loadGatewayConfig } from "./config.ts";
import { httpEndpoint } from "./http/endpoint.ts";

const config = loadGatewayConfig();
const logger = createLogger(config);
const tracing = startTracing(config.tracing, { logger });

const ledger = new LedgerServiceClient(
  config.LEDGER_ADDRESS,
  credentials.createInsecure(),
  tracing.clientOptions(),
);
const app = gatewayApp({ ledger, logger, ledgerTimeoutMs: config.LEDGER_TIMEOUT_MS });

await runService({
  config,
  logger,
  endpoint: httpEndpoint(app, config),
  close: [() => ledger.close(), () => tracing.shutdown()],
});
