import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "pino";
import type { ServiceConfig } from "../config/load.ts";
import type { Dependency } from "../health/dependency.ts";
import { type CloseStep, closeParts } from "./close-parts.ts";
import { drain } from "./drain.ts";
import type { Endpoint } from "./endpoint.ts";
import { reachDependencies } from "./reach-dependencies.ts";
import { Readiness } from "./readiness.ts";

export interface LifecycleParts {
  config: Pick<ServiceConfig, "HOST" | "PORT" | "SHUTDOWN_TIMEOUT_MS" | "SHUTDOWN_GRACE_MS">;
  logger: Logger;
}

/**
 * The life of a service's process. From its making on, SIGTERM and SIGINT end the process in order, also while the
 * service is still starting: it is not ready any more, and takes requests for another SHUTDOWN_GRACE_MS; lets running
 * requests end for half of what is left of SHUTDOWN_TIMEOUT_MS, closes what was opened, and exits with code 0; with 1
 * if it could not listen or something did not close. A second signal exits at once.
 */
export class Lifecycle {
  /** Moves on as the service starts and stops. */
  readonly readiness = new Readiness();
  readonly #config: LifecycleParts["config"];
  readonly #logger: Logger;
  readonly #closeSteps: CloseStep[] = [];
  #endpoint: Endpoint | undefined;

  constructor({ config, logger }: LifecycleParts) {
    this.#config = config;
    this.#logger = logger;
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => this.#onSignal(signal));
  }

  /**
   * To be called as soon as something is open: the step closes it when the last request has ended, what was opened
   * last first. It gets the milliseconds that it may take.
   */
  onClose(step: CloseStep): void {
    this.#closeSteps.push(step);
  }

  /** Listens, logs `listening` with the address, and, when the critical dependencies have been reached, `ready`. */
  async run(endpoint: Endpoint, dependencies: readonly Dependency[] = []): Promise<void> {
    if (!this.readiness.live) return;
    this.#endpoint = endpoint;
    let address: string;
    try {
      address = await endpoint.listen();
    } catch (error) {
      const { HOST: host, PORT: port } = this.#config;
      this.#logger.fatal({ err: error, host, port }, "cannot listen: set HOST and PORT to a free address");
      this.#endpoint = undefined;
      return this.#stop("cannot listen", 1);
    }
    this.#logger.info({ address }, "listening");
    await reachDependencies(dependencies, this.readiness, this.#logger);
    if (this.readiness.live) this.#logger.info({}, "ready");
    this.readiness.moveTo("ready");
  }

  #onSignal(signal: NodeJS.Signals): void {
    if (!this.readiness.live) process.exit(1);
    void this.#stop(signal, 0);
  }

  async #stop(reason: string, exitCode: number): Promise<void> {
    const { SHUTDOWN_GRACE_MS: graceMs, SHUTDOWN_TIMEOUT_MS: timeoutMs } = this.#config;
    if (!this.readiness.live) return;
    const end = performance.now() + timeoutMs;
    this.readiness.moveTo("stopping");
    this.#logger.info({ reason }, "stopping");
    if (this.#endpoint) await delay(graceMs);
    this.readiness.moveTo("draining");
    if (this.#endpoint) await drain(this.#endpoint, this.readiness, (timeoutMs - graceMs) / 2, this.#logger);
    const closed = await closeParts(this.#closeSteps, end - performance.now(), this.#logger);
    this.#logger.info({}, "stopped");
    process.exit(closed ? exitCode : 1);
  }
}
