import type { Logger } from "pino";
import type { ServiceConfig } from "../config/load.ts";
import type { Endpoint } from "./endpoint.ts";
import { within } from "./within.ts";

export interface ServiceParts {
  config: Pick<ServiceConfig, "HOST" | "PORT" | "SHUTDOWN_TIMEOUT_MS">;
  logger: Logger;
  endpoint: Endpoint;
  /** Run one after another when the last request has ended: close clients, flush traces, close the database. */
  close: ReadonlyArray<() => unknown>;
}

/**
 * Listens, logs `listening` with the address, and runs until SIGTERM or SIGINT. Then it lets running requests
 * end for half of SHUTDOWN_TIMEOUT_MS, closes the parts, and exits with code 0; with 1 if it could not listen or
 * a part did not close. A second signal exits at once.
 */
export async function runService(parts: ServiceParts): Promise<void> {
  const { config, logger, endpoint } = parts;
  let stopping = false;
  const stop = async (reason: string, exitCode: number) => {
    if (stopping) process.exit(1);
    stopping = true;
    logger.info({ reason }, "stopping");
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
}

async function shutDown({ config, logger, endpoint, close }: ServiceParts): Promise<boolean> {
  const limitMs = config.SHUTDOWN_TIMEOUT_MS / 2;
  if (!(await within(limitMs, () => endpoint.drain()))) {
    logger.warn({ waitedMs: limitMs }, "requests still running are ended");
    endpoint.abort();
  }
  let failures = 0;
  const ended = await within(limitMs, async () => {
    for (const step of close) {
      try {
        await step();
      } catch (error) {
        failures += 1;
        logger.error({ err: error }, "a part of the service did not close");
      }
    }
  });
  if (!ended) logger.error({ waitedMs: limitMs }, "a part of the service did not close in time");
  return ended && failures === 0;
}
