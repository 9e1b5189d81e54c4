/** Where Tracekeep's own messages go; a pino logger fits as it is. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  /** Asked once, for `debug`: sampling decisions are logged only if it says that this level is on. */
  isLevelEnabled?(level: string): boolean;
}

/** Warnings and errors to stderr, one line each; nothing else. */
export const stderrLogger: Logger = {
  debug() {},
  info() {},
  warn: (fields, message) => write("warning", fields, message),
  error: (fields, message) => write("error", fields, message),
};

/** One of the few things that are worth a line although nothing is wrong. */
export function sayOnStderr(message: string): void {
  write("info", {}, message);
}

function write(level: string, fields: object, message: string): void {
  const details = Object.keys(fields).length === 0 ? "" : ` ${JSON.stringify(fields)}`;
  const { stderr } = process;
  if (unwritten++ === 0 && !stderr.listeners("error").includes(ignore)) stderr.on("error", ignore);
  stderr.write(`tracekeep ${level}: ${message}${details}\n`, (error) => {
    if (--unwritten === 0 && !error) stderr.off("error", ignore);
  });
}

/** Lines that stderr has not taken yet. */
let unwritten = 0;
/** If nobody reads it any more, that is no reason to die: for a stream's error without a listener Node ends the process. */
const ignore = (): void => {};

/** A logger of the user's must not be able to break a request. */
export function guarded(logger: Logger): Logger {
  const call = (level: Exclude<keyof Logger, "isLevelEnabled">) => (fields: object, message: string) => {
    try {
      logger[level](fields, message);
    } catch {
      // There is nowhere left to say it.
    }
  };
  return {
    debug: call("debug"),
    info: call("info"),
    warn: call("warn"),
    error: call("error"),
    isLevelEnabled(level) {
      try {
        return logger.isLevelEnabled?.(level) === true;
      } catch {
        return false;
      }
    },
  };
}

/**
 * Lets a kind of message through once in a period; the next one says how many were held back.
 *
 * @param now milliseconds that never run backwards.
 */
export function createRateLimiter(
  periodMs = 60_000,
  now: () => number = () => performance.now(),
): (kind: string) => number | undefined {
  const seen = new Map<string, { until: number; held: number }>();
  return (kind) => {
    const entry = seen.get(kind);
    if (entry !== undefined && now() < entry.until) {
      entry.held++;
      return undefined;
    }
    seen.set(kind, { until: now() + periodMs, held: 0 });
    return entry?.held ?? 0;
  };
}

type LimitedLog = (level: "info" | "warn", kind: string, fields: object, message: string) => boolean;

/** Logs a kind of message once a minute, with the number of those that were held back; true if this one was let through. */
export function createLimitedLog(logger: Logger): LimitedLog {
  const mayLog = createRateLimiter();
  return (level, kind, fields, message) => {
    const repeated = mayLog(kind);
    if (repeated === undefined) return false;
    logger[level](repeated > 0 ? { ...fields, repeated } : fields, message);
    return true;
  };
}
