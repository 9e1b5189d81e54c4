import { loadTracingConfig, TracekeepError, type TracingConfig } from "tracekeep";
import { z } from "zod";
import { type Environment, readEnvironment, withoutBlanks } from "./environment.ts";
import { isSecret, maskCredentials, type PrintableConfig, printable } from "./printable.ts";
import { releaseOf } from "./release.ts";
import { baseVariables } from "./variables.ts";

/** What a service says about its own configuration. */
export interface ConfigOptions<Shape extends z.ZodRawShape> {
  /** The service's own folder, whatever the working directory: its `.env` beats the one in the repository's root. */
  folder: string;
  /** Variables that only this service has, by name. */
  variables: Shape;
  /** Those of the variables whose values stay out of messages, beyond those whose names say it (see `isSecret`). */
  secrets?: ReadonlyArray<keyof Shape & string>;
  /** Values for variables that neither the environment nor `.env` sets; those of `tracekeep` too. */
  defaults: { SERVICE_NAME: string; SERVICE_VERSION: string; PORT: string; [name: string]: string };
  /** Default: `process.env`. */
  env?: Environment;
}

export type ServiceConfig = z.infer<typeof baseVariables> & {
  readonly tracing: TracingConfig;
  /** All of it by name, for people to read: without secrets. */
  readonly printable: PrintableConfig;
};

/** Thrown for a configuration that cannot be used. `faults` has a line for each fault, without secrets. */
export class ConfigError extends Error {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(`invalid configuration\n${faults.map((fault) => `  ${fault}`).join("\n")}`);
    this.name = "ConfigError";
    this.faults = faults;
  }
}

/**
 * Reads the service's configuration and that of its tracing: environment over `.env` over defaults. SERVICE_VERSION is
 * the release: what TRACE_SERVICE_VERSION or SENTRY_RELEASE says, else the version with BUILD_COMMIT (`1.4.0+3f2c1ab`).
 * @throws ConfigError that names every fault of both.
 */
export function loadConfig<Shape extends z.ZodRawShape>(
  options: ConfigOptions<Shape>,
): ServiceConfig & z.infer<z.ZodObject<Shape>> {
  const { env = process.env, folder, defaults, secrets = [] } = options;
  const environment = readEnvironment(env, folder, defaults);
  const values = withoutBlanks(environment);
  const base = baseVariables.safeParse(values);
  const own = z.object(options.variables).safeParse(values);
  const issues = [...(base.error?.issues ?? []), ...(own.error?.issues ?? [])];
  const faults = issues.map((issue) => describe(issue, values, secrets));

  let tracing: TracingConfig | undefined;
  try {
    tracing = loadTracingConfig({
      serviceName: values.SERVICE_NAME ?? defaults.SERVICE_NAME,
      serviceVersion: releaseOf(values.SERVICE_VERSION ?? defaults.SERVICE_VERSION, values.BUILD_COMMIT),
      environment: values.ENVIRONMENT ?? "development",
      ...(base.success ? { serviceInstanceId: base.data.INSTANCE_ID } : {}),
      env: environment,
      // `.env` has been read: a folder without one.
      cwd: import.meta.dirname,
    });
  } catch (error) {
    if (!(error instanceof TracekeepError)) throw error;
    faults.push(...faultLines(error.message));
  }
  if (faults.length > 0 || !base.success || !own.success || !tracing) throw new ConfigError(faults);
  // One version everywhere: Sentry's release is also what logs, metrics and the manifest say.
  const settings = { ...base.data, ...own.data, SERVICE_VERSION: tracing.serviceVersion };
  return { ...settings, tracing, printable: printable(settings, secrets, tracing) };
}

function describe(
  { path, message }: z.core.$ZodIssue,
  values: Record<string, string>,
  secrets: readonly string[],
): string {
  const name = String(path[0]);
  const value = values[name];
  if (value === undefined) return `${name} is missing: set it`;
  const shown = isSecret(name, secrets) ? "" : `=${JSON.stringify(maskCredentials(value))}`;
  return `${name}${shown}: ${message}`;
}

// The library's message is a heading and an indented line for each fault.
function faultLines(message: string): string[] {
  const indented = message.split("\n").filter((line) => line.startsWith("  "));
  return indented.length > 0 ? indented.map((line) => line.trim()) : [message];
}

/** What collects logs is to know, too, and there is no logger yet. */
function asLogLine(service: string, { faults }: ConfigError): string {
  const time = new Date().toISOString();
  const event = "tracekeep.config.invalid";
  return JSON.stringify({ level: "fatal", time, service, event, faults, msg: "invalid configuration" });
}

/**
 * `loadConfig` for the first lines of a process: prints the faults, for people on stderr and as a log line on stdout,
 * and exits with code 1.
 */
export function loadConfigOrExit<Shape extends z.ZodRawShape>(options: ConfigOptions<Shape>) {
  try {
    return loadConfig(options);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.stdout.write(`${asLogLine(options.defaults.SERVICE_NAME, error)}\n`);
    process.exit(1);
  }
}
