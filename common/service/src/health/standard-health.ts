import { status } from "@grpc/grpc-js";
import {
  type HealthCheckResponse,
  HealthCheckResponse_ServingStatus,
  type HealthServer,
} from "@tracekeep/proto/grpc/health/v1";
import type { Logger } from "pino";
import { ServiceError } from "../grpc/errors.ts";
import { serverStreamHandler } from "../grpc/stream-handlers.ts";
import { unaryHandler } from "../grpc/unary-handler.ts";
import type { Readiness } from "../lifecycle/readiness.ts";

const { SERVING, NOT_SERVING, SERVICE_UNKNOWN } = HealthCheckResponse_ServingStatus;

export interface StandardHealthParts {
  readonly logger: Logger;
  readonly readiness: Readiness;
  /** The full names of the services that can be asked for. */
  readonly services: readonly string[];
}

/**
 * The methods of grpc.health.v1.Health: all services, and the server as a whole, serve while the process is ready.
 * Unlike in other implementations a Watch ends when the process drains, so that it does not hold up its end.
 */
export function standardHealthHandlers({ logger, readiness, services }: StandardHealthParts): HealthServer {
  const names = new Set(["", ...services]);
  const current = (): HealthCheckResponse => ({ status: readiness.ready ? SERVING : NOT_SERVING });
  return {
    check: unaryHandler(logger, async ({ service }) => {
      if (names.has(service)) return current();
      const shown = JSON.stringify(service.slice(0, 64));
      throw new ServiceError(status.NOT_FOUND, `there is no service ${shown}`);
    }),

    list: unaryHandler(logger, async () => ({
      statuses: Object.fromEntries(Array.from(names, (name) => [name, current()])),
    })),

    watch: serverStreamHandler(logger, async ({ service }, send, { signal }) => {
      const left = Promise.withResolvers<void>();
      signal.addEventListener("abort", () => left.resolve(), { once: true });
      let last: HealthCheckResponse["status"] | undefined;
      for (;;) {
        const { changed } = readiness;
        const response = names.has(service) ? current() : { status: SERVICE_UNKNOWN };
        if (response.status !== last) await send(response);
        last = response.status;
        if (readiness.draining.aborted) return;
        await Promise.race([changed, left.promise]);
        signal.throwIfAborted();
      }
    }),
  };
}
