import type { Span } from "@opentelemetry/api";
import type { Failure } from "../errors/failure.ts";
import type { Logger } from "../logger.ts";
import type { Keeper } from "../recorder/index.ts";
import { errorText } from "../text/error-text.ts";
import type { Parcel } from "../transport/parcel.ts";
import { CrashedTrace } from "./crashed-trace.ts";
import type { OpenSpans } from "./open-spans.ts";
import { sendNow } from "./send-now.ts";

export interface ExitWatchOptions {
  readonly active: () => Span | undefined;
  readonly openSpans: OpenSpans;
  readonly keeper: Keeper;
  /** Saves what has not arrived of kept traces; the result could not be saved. */
  readonly rescue: () => readonly Parcel[];
  /** The same for the error event of a crash. */
  readonly rescueEvent: (failure: Failure) => readonly Parcel[];
  /** Whether what could not be saved is sent while the process stands still. */
  readonly sends: boolean;
  readonly logger: Logger;
}

/** How long a crash may hold the process, in milliseconds. */
const SEND_LIMIT_MS = 1_500;
/** A handler of the service's own may flush its things before it exits; later exits have nothing to do with it. */
const CRASH_MEMORY_MS = 30_000;

/**
 * Looks on as the process dies, and changes nothing of how it does: no signal handler, no handler of
 * exceptions. What nothing has caught is noted where it is thrown; what has not arrived is saved when the
 * process exits, since a handler of the service's own may let it live.
 *
 * @returns how to stop looking.
 */
export function watchExit(options: ExitWatchOptions): () => void {
  const { active, openSpans, keeper, rescue, rescueEvent, sends, logger } = options;
  let crash: { readonly trace: CrashedTrace | undefined; readonly at: number } | undefined;
  const guard = (action: () => void): void => {
    try {
      action();
    } catch (error) {
      const fields = { event: "tracekeep.exit.failed", error: errorText(error) };
      logger.warn(fields, "The last spans of the process could not be saved.");
    }
  };
  const onUncaught = (error: unknown): void =>
    guard(() => {
      crash = { trace: undefined, at: performance.now() };
      crash = { ...crash, trace: CrashedTrace.note(active(), error, openSpans, keeper) };
    });
  const onExit = (code: number): void =>
    guard(() => {
      const isCrash = crash !== undefined && code !== 0 && performance.now() - crash.at < CRASH_MEMORY_MS;
      const parcels: Parcel[] = [];
      if (isCrash && crash?.trace !== undefined) {
        crash.trace.end();
        parcels.push(...rescueEvent(crash.trace.failure()));
      }
      parcels.push(...rescue());
      if (isCrash && sends) sendNow(parcels, SEND_LIMIT_MS);
    });
  process.on("uncaughtExceptionMonitor", onUncaught);
  process.on("exit", onExit);
  return () => {
    process.off("uncaughtExceptionMonitor", onUncaught);
    process.off("exit", onExit);
  };
}
