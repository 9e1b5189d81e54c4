import { randomUUID } from "node:crypto";
import { z } from "zod";

/** A number written in decimal digits, from `min` to `max`, both included. */
export function wholeNumber(min: number, max: number) {
  return z
    .string()
    .regex(/^\d{1,15}$/, `write a whole number from ${min} to ${max}`)
    .transform(Number)
    .refine((value) => value >= min && value <= max, `write a whole number from ${min} to ${max}`);
}

/** A gRPC target, which has no login: `HOST:PORT`, `dns:///HOST:PORT` or `unix:PATH`. */
export function grpcAddress() {
  return z.string().regex(/^([^\s@]+:\d{1,5}|unix:\S+)$/, "write HOST:PORT, such as 127.0.0.1:50052");
}

/** Words separated by commas, such as `rye,oat`; blank ones are left out. */
export function list() {
  return z.string().transform((text) => parts(text));
}

const labelsHint = "write NAME=VALUE pairs separated by commas, such as team=payments,tier=1";

/** Pairs as in `team=payments,tier=1`, each name once. */
export function labels() {
  return z
    .string()
    .transform((text) => parts(text).map((pair) => pair.split(/\s*=\s*(.*)/s, 2) as [string, string?]))
    .refine(
      (pairs) =>
        pairs.every(([name, value]) => name && value) &&
        new Set(pairs.map(([name]) => name)).size === pairs.length,
      labelsHint,
    )
    .transform((pairs): Readonly<Record<string, string>> => Object.fromEntries(pairs));
}

function parts(text: string): string[] {
  return text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

const shutdownTimes = z.object({ SHUTDOWN_GRACE_MS: z.number(), SHUTDOWN_TIMEOUT_MS: z.number() });

/** What every service reads from its environment. */
export const baseVariables = z
  .object({
    /** Network interface to listen on; default 127.0.0.1, in a container 0.0.0.0. */
    HOST: z.string().default("127.0.0.1"),
    /** TCP port to listen on; 0 lets the system choose a free one. */
    PORT: wholeNumber(0, 65535),
    /** TCP port on HOST that metrics are served at; 0 lets the system choose a free one; default: they are not. */
    METRICS_PORT: wholeNumber(0, 65535).optional(),
    SERVICE_NAME: z.string(),
    SERVICE_VERSION: z.string(),
    /** Where the service runs, such as development, staging or production. */
    ENVIRONMENT: z.string().default("development"),
    LOG_LEVEL: z
      .enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"], {
        error: "write trace, debug, info, warn, error, fatal or silent",
      })
      .default("info"),
    /** What operators want to tell services apart by, such as `team=payments,tier=1`. */
    LABELS: labels().default({}),
    /** This process among those of the service; by default chosen anew at each start. */
    INSTANCE_ID: z.string().default(() => randomUUID()),
    /** The commit that the service was built from; a part of its version. */
    BUILD_COMMIT: z.string().default(""),
    /** When it was built, in ISO 8601. */
    BUILD_TIME: z.iso
      .datetime({ offset: true, error: "write a time such as 2026-01-31T12:00:00Z" })
      .optional(),
    /**
     * Milliseconds in which a service that stops still takes requests, so that callers can learn of it first;
     * default 2000, or a fifth of SHUTDOWN_TIMEOUT_MS if that is less.
     */
    SHUTDOWN_GRACE_MS: wholeNumber(0, 600_000).optional(),
    /** Milliseconds from SIGTERM to the exit of the process, at most. */
    SHUTDOWN_TIMEOUT_MS: wholeNumber(100, 600_000).default(10_000),
    /** Whether the files `.env` are read; only the environment itself can say no. */
    READ_ENV_FILES: z
      .enum(["true", "false"], { error: "write true or false" })
      .default("true")
      .transform((text) => text === "true"),
  })
  .refine(({ SHUTDOWN_GRACE_MS: grace = 0, SHUTDOWN_TIMEOUT_MS: timeout }) => grace < timeout, {
    path: ["SHUTDOWN_GRACE_MS"],
    message: "write less than SHUTDOWN_TIMEOUT_MS",
    // Whatever other variables hold, as long as these two are numbers: all faults are told at once.
    when: ({ value }) => shutdownTimes.safeParse(value).success,
  })
  .transform(({ SHUTDOWN_GRACE_MS: grace, ...values }) => ({
    ...values,
    SHUTDOWN_GRACE_MS: grace ?? Math.min(2_000, values.SHUTDOWN_TIMEOUT_MS / 5),
  }));
