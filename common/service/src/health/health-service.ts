import { status } from "@grpc/grpc-js";
import { type GetHealthResponse, type HealthServiceServer, HealthStatus } from "@tracekeep/proto/health/v1";
import type { Logger } from "pino";
import type { PrintableConfig } from "../config/printable.ts";
import { ServiceError } from "../grpc/errors.ts";
import { unaryHandler } from "../grpc/unary-handler.ts";
import type { Readiness } from "../lifecycle/readiness.ts";
import { checkHealth, type DependencyHealth, type HealthState } from "./check-health.ts";
import type { Dependency } from "./dependency.ts";

export interface HealthParts {
  readonly logger: Logger;
  readonly readiness: Readiness;
  readonly dependencies: readonly Dependency[];
  /** Shown to those who ask for it: it must have no secrets. */
  readonly configuration: PrintableConfig;
  readonly startTime: Date;
}

const statusOf: Readonly<Record<HealthState, HealthStatus>> = {
  healthy: HealthStatus.HEALTH_STATUS_HEALTHY,
  degraded: HealthStatus.HEALTH_STATUS_DEGRADED,
  unhealthy: HealthStatus.HEALTH_STATUS_UNHEALTHY,
};

/** The methods of health.v1.HealthService. */
export function healthHandlers(parts: HealthParts): HealthServiceServer {
  const { logger, readiness, dependencies, configuration, startTime } = parts;
  return {
    getLiveness: unaryHandler(logger, async () => ({ live: readiness.live, startTime })),

    getHealth: unaryHandler(logger, async (request): Promise<GetHealthResponse> => {
      const health = await checkHealth(select(dependencies, request.dependencies));
      return {
        status: statusOf[health.state],
        ready: readiness.ready,
        dependencies: health.dependencies.map(toMessage),
        configuration: request.includeConfiguration ? configuration : {},
      };
    }),
  };
}

function select(dependencies: readonly Dependency[], names: readonly string[]): readonly Dependency[] {
  if (names.length === 0) return dependencies;
  const known = dependencies.map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return dependencies.filter(({ name }) => names.includes(name));
  const shown = JSON.stringify(unknown.slice(0, 64));
  const choice = known.length > 0 ? `give one of ${known.join(", ")}` : "this service has none";
  throw new ServiceError(status.INVALID_ARGUMENT, `there is no dependency ${shown}: ${choice}`);
}

function toMessage({ dependency, healthy, latencyMs, message }: DependencyHealth) {
  const { name, kind, critical } = dependency;
  return { name, kind, critical, status: statusOf[healthy ? "healthy" : "unhealthy"], latencyMs, message };
}
