import type { ManifestServiceServer } from "@tracekeep/proto/manifest/v1";
import type { Logger } from "pino";
import type { ServiceConfig } from "../config/load.ts";
import { unaryHandler } from "../grpc/unary-handler.ts";
import type { Dependency } from "../health/dependency.ts";

export interface ManifestParts {
  readonly config: Pick<
    ServiceConfig,
    | "SERVICE_NAME"
    | "SERVICE_VERSION"
    | "INSTANCE_ID"
    | "ENVIRONMENT"
    | "LABELS"
    | "BUILD_COMMIT"
    | "BUILD_TIME"
  >;
  readonly logger: Logger;
  readonly dependencies: readonly Dependency[];
  /** The full names of the methods. */
  readonly methods: readonly string[];
  readonly startTime: Date;
}

/** The method of manifest.v1.ManifestService. */
export function manifestHandlers(parts: ManifestParts): ManifestServiceServer {
  const { config, logger, dependencies, methods, startTime } = parts;
  return {
    getManifest: unaryHandler(logger, async () => ({
      identity: {
        name: config.SERVICE_NAME,
        version: config.SERVICE_VERSION,
        instanceId: config.INSTANCE_ID,
        environment: config.ENVIRONMENT,
        labels: config.LABELS,
      },
      build: {
        commit: config.BUILD_COMMIT,
        buildTime: config.BUILD_TIME === undefined ? undefined : new Date(config.BUILD_TIME),
      },
      runtime: {
        nodeVersion: process.version,
        platform: `${process.platform}-${process.arch}`,
        pid: process.pid,
        startTime,
        uptimeSeconds: (Date.now() - startTime.getTime()) / 1_000,
      },
      methods: methods.toSorted(),
      dependencies: dependencies.map(({ name, kind, critical, address }) => ({
        name,
        kind,
        critical,
        address,
      })),
    })),
  };
}
