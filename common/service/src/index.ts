export { ConfigError, loadConfig, loadConfigOrExit, type ServiceConfig } from "./config/load.ts";
export type { PrintableConfig } from "./config/printable.ts";
export { grpcAddress, labels, list, wholeNumber } from "./config/variables.ts";
export { type DatabaseLocation, databaseLocation, databaseVariables } from "./database/location.ts";
export type { Migrations } from "./database/migrate.ts";
export { openDatabase } from "./database/open.ts";
export { allInstances } from "./grpc/all-instances.ts";
export type { CallScope } from "./grpc/call-scope.ts";
export { grpcEndpoint } from "./grpc/endpoint.ts";
export { ServiceError } from "./grpc/errors.ts";
export type { Send } from "./grpc/send.ts";
export { type ServerStreamMethod, type StreamCallOptions, serverStreamCall } from "./grpc/stream-call.ts";
export { bidiHandler, clientStreamHandler, serverStreamHandler } from "./grpc/stream-handlers.ts";
export { unaryCall } from "./grpc/unary-call.ts";
export { unaryHandler } from "./grpc/unary-handler.ts";
export {
  checkHealth,
  type DependencyHealth,
  type Health,
  type HealthState,
} from "./health/check-health.ts";
export { databaseDependency } from "./health/database-dependency.ts";
export type { Dependency } from "./health/dependency.ts";
export { grpcDependency } from "./health/grpc-dependency.ts";
export { type Endpoint, formatAddress } from "./lifecycle/endpoint.ts";
export { Lifecycle, type LifecycleParts } from "./lifecycle/lifecycle.ts";
export { Readiness, type ReadinessState, type StopSignals } from "./lifecycle/readiness.ts";
export { createLogger } from "./logging/logger.ts";
export { callDurations } from "./metrics/call-durations.ts";
export { durations } from "./metrics/durations.ts";
export { serveMetrics } from "./metrics/serve-metrics.ts";
export { currencyCode, idempotencyKey } from "./requests/fields.ts";
export { validated } from "./requests/validated.ts";
export { addStandardServices, type StandardServiceParts } from "./standard-services.ts";
