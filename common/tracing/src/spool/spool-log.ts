import { createRateLimiter, type Logger } from "../logger.ts";

export interface SpoolLogOptions {
  readonly destination: string;
  readonly directory: string;
  readonly logger: Logger;
}

/** Says what is wrong with the spool, each kind of trouble once a minute. */
export class SpoolLog {
  readonly #options: SpoolLogOptions;
  readonly #mayLog = createRateLimiter();

  constructor(options: SpoolLogOptions) {
    this.#options = options;
  }

  /** Undefined if it throws, which is said: a disk may fail at any time. */
  attempt<T>(what: string, action: () => T): T | undefined {
    try {
      return action();
    } catch (error) {
      this.fault(what, error);
      return undefined;
    }
  }

  fault(what: string, error: unknown): void {
    const { code, message } = error as NodeJS.ErrnoException;
    this.warn("fault", `The spool could not be ${what} (${code ?? message}); check TRACE_SPOOL_DIR.`);
  }

  warn(kind: string, message: string): void {
    if (this.#mayLog(kind) === undefined) return;
    const { destination, logger, directory } = this.#options;
    logger.warn({ event: "tracekeep.spool.failed", destination, directory }, message);
  }
}
