import { once } from "node:events";

const exitCodes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
const controller = new AbortController();

/** The demo was ended from outside, by Ctrl-C or a signal. */
export class Interrupted extends Error {
  override name = "Interrupted";
  /** As shells expect it of a process that a signal ended. */
  readonly exitCode: number;

  constructor(signal: keyof typeof exitCodes) {
    super(`interrupted by ${signal}`);
    this.exitCode = exitCodes[signal];
  }
}

/** Lets signals interrupt the demo instead of ending the process at once. */
export function catchSignals(): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => controller.abort(new Interrupted(signal)));
  }
  // A reader that has gone away (`npm run demo | head`) must not keep the demo from stopping its processes.
  process.stdout.on("error", () => controller.abort(new Interrupted("SIGTERM")));
}

/** Settles as the work does, but rejects with Interrupted as soon as the demo is interrupted. */
export async function interruptible<T>(work: Promise<T>): Promise<T> {
  const interrupted = interruption().then((): never => {
    throw controller.signal.reason;
  });
  return Promise.race([work, interrupted]);
}

/** Throws Interrupted if the demo was interrupted. */
export function throwIfInterrupted(): void {
  controller.signal.throwIfAborted();
}

/** Resolves when the demo is interrupted. */
export async function interruption(): Promise<void> {
  if (!controller.signal.aborted) await once(controller.signal, "abort");
}
