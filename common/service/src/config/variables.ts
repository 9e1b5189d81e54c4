import { z } from "zod";

/** A number written in decimal digits, from `min` to `max`, both included. */
export function wholeNumber(min: number, max: number) {
  return z
    .string()
    .regex(/^\d{1,15}$/, `write a whole number from ${min} to ${max}`)
    .transform(Number)
    .refine((value) => value >= min && value <= max, `write a whole number from ${min} to ${max}`);
}

/** A gRPC target: `HOST:PORT`, `dns:///HOST:PORT` or `unix:PATH`. */
export function grpcAddress() {
  return z.string().regex(/^(\S+:\d{1,5}|unix:\S+)$/, "write HOST:PORT, such as 127.0.0.1:50052");
}

/** What every service reads from its environment. */
export const baseVariables = z.object({
  /** Network interface to listen on; default 127.0.0.1, in a container 0.0.0.0. */
  HOST: z.string().default("127.0.0.1"),
  /** TCP port to listen on; 0 lets the system choose a free one. */
  PORT: wholeNumber(0, 65535),
  SERVICE_NAME: z.string(),
  SERVICE_VERSION: z.string(),
  /** Where the service runs, such as development, staging or production. */
  ENVIRONMENT: z.string().default("development"),
  LOG_LEVEL: z
    .enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"], {
      error: "write trace, debug, info, warn, error, fatal or silent",
    })
    .default("info"),
  /** Milliseconds from SIGTERM to the exit of the process, at most. */
  SHUTDOWN_TIMEOUT_MS: wholeNumber(100, 600_000).default(10_000),
});
