import type { Span } from "@opentelemetry/api";
import { type Failure, findUserSentry, type ReportFailure } from "../errors/index.ts";
import type { Logger } from "../logger.ts";
import type { Keeper } from "../recorder/index.ts";
import { errorText } from "../text/error-text.ts";
import type { Parcel } from "../transport/parcel.ts";
import { CrashedTrace, cutOffAll } from "./crashed-trace.ts";
import type { OpenSpans } from "./open-spans.ts";
import { sendNow } from "./send-now.ts";

export interface ExitWatchOptions {
  readonly active: () => Span | undefined;
  readonly openSpans: OpenSpans;
  readonly keeper: Keeper;
  /** Saves what has not arrived of kept traces; the result could not be saved. */
  readonly rescue: () => readonly Parcel[];
  /** The same for error events, that of the crash among them. */
  readonly rescueEvents: (crash: Failure | undefined) => readonly Parcel[];
  /** Makes an error event the usual way; true if one is made. */
  readonly report: ReportFailure;
  /** Whether what could not be saved is sent while the process stands still. */
  readonly sends: boolean;
  readonly logger: Logger;
}

/** How long a crash may hold the process, in milliseconds. */
const SEND_LIMIT_MS = 1_500;
/** A handler of the service's own may flush its things before it exits; later exits have nothing to do with it. */
const CRASH_MEMORY_MS = 30_000;
/** A process that is there so long after an exception has a handler that lets it live, or takes its time to end it. */
const SURVIVED_MS = 1_000;

export interface ExitWatch {
  /** Reports a failure, but what nothing has caught once only: both the watch and the call that it has ended tell of it. */
  readonly report: ReportFailure;
  /** For a shutdown: ends and reports what an exception has left, since the service stops because of it. */
  settle(): void;
  /** Looks no longer. */
  stop(): void;
}

interface Crash {
  readonly trace: CrashedTrace | undefined;
  readonly at: number;
  /** The service had a Sentry of its own then; that closes itself before it ends the process. */
  readonly ownSentry: boolean;
  reported: boolean;
}

/**
 * Looks on as the process dies, and changes nothing of how it does: no signal handler, no handler of
 * exceptions. What nothing has caught is noted where it is thrown; what has not arrived is saved when the
 * process exits, since a handler of the service's own may let it live. If it does, the failure is reported like others.
 */
export function watchExit(options: ExitWatchOptions): ExitWatch {
  const { active, openSpans, keeper, rescue, rescueEvents, sends, logger } = options;
  let crash: Crash | undefined;
  let timer: NodeJS.Timeout | undefined;
  const guard = (action: () => void): void => {
    try {
      action();
    } catch (error) {
      const fields = { event: "tracekeep.exit.failed", error: errorText(error) };
      logger.warn(fields, "The last spans of the process could not be saved.");
    }
  };
  const report: ReportFailure = (failure) => {
    if (crash === undefined || failure.spanId !== crash.trace?.spanId) return options.report(failure);
    crash.reported ||= options.report(failure);
    return crash.reported;
  };
  const reportCrash = (): void => {
    clearTimeout(timer);
    if (crash?.trace === undefined || (crash.ownSentry && findUserSentry() === undefined)) return;
    report(crash.trace.failure());
  };
  const isRecent = ({ at }: Crash): boolean => performance.now() - at < CRASH_MEMORY_MS;
  const onUncaught = (error: unknown): void =>
    guard(() => {
      // The one before has not ended the process.
      reportCrash();
      const ownSentry = findUserSentry() !== undefined;
      crash = { trace: undefined, at: performance.now(), ownSentry, reported: false };
      const trace = CrashedTrace.note(active(), error, openSpans, keeper);
      crash = { ...crash, trace, reported: trace?.reported === true };
      timer = setTimeout(() => guard(reportCrash), SURVIVED_MS).unref();
    });
  const onExit = (code: number): void =>
    guard(() => {
      const begun = performance.now();
      const isCrash = crash !== undefined && code !== 0 && isRecent(crash);
      const parcels: Parcel[] = [];
      if (isCrash && crash !== undefined) {
        crash.trace?.end();
        const isTold = crash.reported || crash.ownSentry;
        parcels.push(...rescueEvents(isTold ? undefined : crash.trace?.failure()));
      }
      if (isCrash) cutOffAll(openSpans, keeper);
      parcels.push(...rescue());
      const leftMs = Math.ceil(SEND_LIMIT_MS - (performance.now() - begun));
      // Without time left it would be sent without a limit.
      if (isCrash && sends && leftMs > 0) sendNow(parcels, leftMs);
    });
  process.on("uncaughtExceptionMonitor", onUncaught);
  process.on("exit", onExit);
  return {
    report,
    settle: () =>
      guard(() => {
        if (crash === undefined || !isRecent(crash)) return;
        // Nobody else will: the work that they stand for was cut off by the exception.
        crash.trace?.end();
        reportCrash();
      }),
    stop() {
      clearTimeout(timer);
      process.off("uncaughtExceptionMonitor", onUncaught);
      process.off("exit", onExit);
    },
  };
}
