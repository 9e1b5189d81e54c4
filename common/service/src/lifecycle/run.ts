import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "pino";
import type { ServiceConfig } from "../config/load.ts";
import type { Dependency } from "../health/dependency.ts";
import type { Endpoint } from "./endpoint.ts";
import { reachDependencies } from "./reach-dependencies.ts";
import { Readiness } from "./readiness.ts";
import { shutDown } from "./shut-down.ts";

export interface ServiceParts {
  config: Pick<ServiceConfig, "HOST" | "PORT" | "SHUTDOWN_TIMEOUT_MS" | "SHUTDOWN_GRACE_MS">;
  logger: Logger;
  endpoint: Endpoint;
  /** Moved on as the service starts and stops; by default nobody learns of it. */
  readiness?: Readiness;
  /** The service is ready once the critical ones have been reached; default none. */
  dependencies?: readonly Dependency[];
  /** Run one after another when the last request has ended: close clients, flush traces, close the database. */
  close: ReadonlyArray<() => unknown>;
}

/**
 * Listens, logs `listening` with the address, and, when the critical dependencies have been reached, `ready`. Runs
 * until SIGTERM or SIGINT: then it is not ready any more, and takes requests for another SHUTDOWN_GRACE_MS; lets
 * running requests end for half of what is left of SHUTDOWN_TIMEOUT_MS, closes the parts, and exits with code 0; with
 * 1 if it could not listen or a part did not close. A second signal exits at once.
 */
export async function runService(parts: ServiceParts): Promise<void> {
  const { config, logger, endpoint, readiness = new Readiness(), dependencies = [] } = parts;
  let stopping = false;
  const stop = async (reason: string, exitCode: number) => {
    if (stopping) process.exit(1);
    stopping = true;
    readiness.moveTo("stopping");
    logger.info({ reason }, "stopping");
    if (exitCode === 0) await delay(config.SHUTDOWN_GRACE_MS);
    readiness.moveTo("draining");
    const closed = await shutDown(parts);
    logger.info({}, "stopped");
    process.exit(closed ? exitCode : 1);
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => void stop(signal, 0));

  let address: string;
  try {
    address = await endpoint.listen();
  } catch (error) {
    const { HOST: host, PORT: port } = config;
    logger.fatal({ err: error, host, port }, "cannot listen: set HOST and PORT to a free address");
    return stop("cannot listen", 1);
  }
  logger.info({ address }, "listening");
  await reachDependencies(dependencies, readiness, logger);
  if (readiness.live) logger.info({}, "ready");
  readiness.moveTo("ready");
}
