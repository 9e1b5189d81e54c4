import type { Server, ServiceDefinition, UntypedServiceImplementation } from "@grpc/grpc-js";
import { HealthService } from "@tracekeep/proto/grpc/health/v1";
import { HealthServiceService } from "@tracekeep/proto/health/v1";
import { ManifestServiceService } from "@tracekeep/proto/manifest/v1";
import type { Logger } from "pino";
import type { ServiceConfig } from "./config/load.ts";
import type { Dependency } from "./health/dependency.ts";
import { healthHandlers } from "./health/health-service.ts";
import { standardHealthHandlers } from "./health/standard-health.ts";
import type { Readiness } from "./lifecycle/readiness.ts";
import { manifestHandlers } from "./manifest/manifest-service.ts";
import { addReflection } from "./reflection/reflection.ts";

export interface StandardServiceParts {
  readonly config: ServiceConfig;
  readonly logger: Logger;
  readonly readiness: Readiness;
  readonly dependencies: readonly Dependency[];
  /** The definitions of the services that the server has of its own. */
  readonly services: readonly ServiceDefinition<UntypedServiceImplementation>[];
}

/**
 * Adds what every gRPC server has: health.v1.HealthService, manifest.v1.ManifestService, the standard
 * grpc.health.v1.Health, and reflection.
 */
export function addStandardServices(server: Server, parts: StandardServiceParts): void {
  const startTime = new Date(Date.now() - process.uptime() * 1_000);
  const definitions = [...parts.services, HealthServiceService, ManifestServiceService, HealthService];
  const methods = definitions.flatMap((definition) =>
    Object.values(definition).map(({ path }) => path.replace(/^\//, "")),
  );
  const services = [...new Set(methods.map((method) => method.slice(0, method.indexOf("/"))))];

  const configuration = parts.config.printable;
  server.addService(HealthServiceService, healthHandlers({ ...parts, configuration, startTime }));
  server.addService(ManifestServiceService, manifestHandlers({ ...parts, methods, startTime }));
  server.addService(HealthService, standardHealthHandlers({ ...parts, services }));
  addReflection(server, services);
}
