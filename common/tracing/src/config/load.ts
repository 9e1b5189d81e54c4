import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseEnv } from "node:util";
import { BUILT_IN_METHOD_RULES } from "../sampling/method-rules.ts";
import { createSanitizer } from "../sanitize/index.ts";
import { MASK } from "../sanitize/mask.ts";
import { TracekeepError } from "../tracekeep-error.ts";
import { misspelt } from "./misspelt.ts";
import { readSettings, type SettingFault } from "./read-settings.ts";
import { type OtlpDestination, SecretHeaders, type TracingConfig } from "./tracing-config.ts";
import { NEEDS_A_VALUE, TRACING_VARIABLES, type TracingValues, type TracingVariable } from "./variables.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** What a service knows about itself, and where its settings come from. */
export interface LoadTracingConfigOptions {
  /** Used unless `TRACE_SERVICE_NAME` is set; else `SERVICE_NAME`; else `unknown_service`. */
  readonly serviceName?: string;
  /** Used unless `TRACE_SERVICE_VERSION` is set; else `SERVICE_VERSION`; else `0.0.0`. */
  readonly serviceVersion?: string;
  /** Used unless `TRACE_ENVIRONMENT` is set; else `ENVIRONMENT`; else `development`. */
  readonly environment?: string;
  /** `service.instance.id` of all spans; default a random one for each start. */
  readonly serviceInstanceId?: string;
  /** Settings that count where neither the environment nor `.env` has any. */
  readonly defaults?: Partial<Record<TracingVariable, string>>;
  /** Settings that beat the environment and `.env`. */
  readonly overrides?: Partial<Record<TracingVariable, string>>;
  /** The environment; default `process.env`, read at this call. */
  readonly env?: Environment;
  /** The folder whose `.env` is read, where there is one; default the working directory. */
  readonly cwd?: string;
}

/**
 * Reads and checks the configuration: overrides, then the environment, then `.env`, then defaults.
 * Nothing is read before this call, and `process.env` is left as it is.
 *
 * @throws TracekeepError `INVALID_CONFIG` that names every fault at once, without secrets.
 */
export function loadTracingConfig(options: LoadTracingConfigOptions = {}): TracingConfig {
  const file = readDotEnv(options.cwd ?? process.cwd());
  const env = options.env ?? process.env;
  refuseUnknown("defaults", options.defaults);
  refuseUnknown("overrides", options.overrides);
  const settings = {
    ...present(options.defaults ?? {}),
    ...present(file),
    ...present(env),
    ...present(options.overrides ?? {}),
  };
  const { values, faults } = readSettings(settings);
  if (faults.length > 0) throw new TracekeepError("INVALID_CONFIG", describe(faults, settings));
  const warnings = [...warningsOf(values), ...misspelt([...Object.keys(file), ...Object.keys(env)])];
  return toConfig(values, options, warnings);
}

/** In code a wrong name is a mistake in any case. */
function refuseUnknown(where: string, settings: object | undefined): void {
  for (const name of Object.keys(settings ?? {})) {
    if (Object.hasOwn(TRACING_VARIABLES, name)) continue;
    throw new TracekeepError("INVALID_CONFIG", `The ${where} name "${name}", which is not a setting.`);
  }
}

function readDotEnv(folder: string): Environment {
  const path = join(folder, ".env");
  const text = readTextFile(path);
  // Some editors on Windows write UTF-16, in which no variable would be found.
  if (text.includes("\0") || /^\uFFFD/.test(text)) {
    throw new TracekeepError("INVALID_CONFIG", `The file ${path} is not UTF-8 text; save it as UTF-8.`);
  }
  // A byte order mark would become part of the first variable's name.
  return parseEnv(text.replace(/^\uFEFF/, "")) as Environment;
}

/** The file's text; empty if there is no such file. */
function readTextFile(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw new TracekeepError("INVALID_CONFIG", `The file ${path} cannot be read.`, { cause: error });
  }
}

/** Leaves out empty settings, so that they hide no other source; those that need a value are kept, to be refused. */
function present(settings: Environment): Environment {
  return Object.fromEntries(
    Object.keys(TRACING_VARIABLES)
      .filter((name) => settings[name] !== undefined && settings[name] !== null)
      // Code that is not type-checked may give a number or a boolean.
      .map((name) => [name, String(settings[name])] as const)
      .filter(([name, value]) => value.trim() !== "" || NEEDS_A_VALUE.has(name)),
  );
}

function describe(faults: readonly SettingFault[], settings: Environment): string {
  // A secret that was put into the wrong variable is quoted by its fault; it must not come out.
  const { text } = createSanitizer({ keys: [], patterns: [], valueLength: 1_000 });
  const lines = faults.map(({ name, message }) => {
    const empty = settings[name]?.trim() === "" ? " (set, but empty: remove it to get the default)" : "";
    const value = settings[name] ?? "";
    // The DSN's own fault quotes nothing, and shows the form of a DSN.
    const mayShow = name === "SENTRY_DSN" || text(value) === value;
    return `  ${name} ${mayShow ? message : withoutQuotes(message)}${empty}`;
  });
  const count = faults.length === 1 ? "1 fault" : `${faults.length} faults`;
  return `The tracing configuration has ${count}:\n${lines.join("\n")}`;
}

/** A part of a secret need not look like one, so nothing of its text is left. */
function withoutQuotes(message: string): string {
  return message.replace(/".*"|\(.*\)/gs, MASK);
}

function toConfig(
  values: TracingValues,
  options: LoadTracingConfigOptions,
  warnings: readonly string[],
): TracingConfig {
  const dsn = values.SENTRY_DSN;
  return Object.freeze({
    enabled: values.TRACING_ENABLED && !values.OTEL_SDK_DISABLED,
    serviceName: values.TRACE_SERVICE_NAME ?? options.serviceName ?? values.SERVICE_NAME ?? "unknown_service",
    serviceVersion:
      values.TRACE_SERVICE_VERSION ?? options.serviceVersion ?? values.SERVICE_VERSION ?? "0.0.0",
    environment: values.TRACE_ENVIRONMENT ?? options.environment ?? values.ENVIRONMENT ?? "development",
    serviceInstanceId: options.serviceInstanceId,
    sentryDsn: dsn,
    sampleRate: values.TRACE_SAMPLE_RATE,
    keep: {
      errors: values.TRACE_KEEP_ERRORS,
      slowMs: values.TRACE_KEEP_SLOW_MS,
      maxPerSecond: values.TRACE_KEEP_MAX_PER_SECOND,
      recorderBytes: values.TRACE_RECORDER_BYTES,
    },
    methodRules: [...values.TRACE_METHOD_RULES, ...BUILT_IN_METHOD_RULES],
    propagationTargets: values.TRACE_PROPAGATION_TARGETS,
    trustRemote: values.TRACE_TRUST_REMOTE,
    tenantKey: values.TRACE_TENANT_KEY,
    otlp: otlpOf(values),
    export: {
      protocol: values.TRACE_EXPORT_PROTOCOL,
      queueBytes: values.TRACE_EXPORT_QUEUE_BYTES,
      batchBytes: values.TRACE_EXPORT_BATCH_BYTES,
      intervalMs: values.TRACE_EXPORT_INTERVAL_MS,
      concurrency: values.TRACE_EXPORT_CONCURRENCY,
      timeoutMs: values.TRACE_EXPORT_TIMEOUT_MS,
      ca: values.TRACE_EXPORT_CA_FILE,
      atCrash: values.TRACE_EXPORT_AT_CRASH,
      spool:
        values.TRACE_SPOOL_DIR === undefined
          ? undefined
          : {
              directory: resolve(options.cwd ?? process.cwd(), values.TRACE_SPOOL_DIR),
              bytes: values.TRACE_SPOOL_BYTES,
              maxAgeMs: values.TRACE_SPOOL_MAX_AGE_MS,
            },
    },
    limits: {
      attributes: values.TRACE_SPAN_ATTRIBUTE_LIMIT,
      events: values.TRACE_SPAN_EVENT_LIMIT,
      valueLength: values.TRACE_SPAN_VALUE_LENGTH_LIMIT,
    },
    sanitize: { keys: values.TRACE_SANITIZE_KEYS, patterns: values.TRACE_SANITIZE_PATTERNS },
    captureMetadata: values.TRACE_CAPTURE_METADATA,
    warnings,
  });
}

/** OpenTelemetry's rule: what is said of traces wins; the general endpoint is a base, the other is whole. */
function otlpOf(values: TracingValues): OtlpDestination | undefined {
  const base = values.OTEL_EXPORTER_OTLP_ENDPOINT;
  const url = values.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? (base === undefined ? undefined : tracesUrl(base));
  if (url === undefined) return undefined;
  return {
    url,
    headers: new SecretHeaders(otlpHeaders(values)),
    timeoutMs:
      values.OTEL_EXPORTER_OTLP_TRACES_TIMEOUT ??
      values.OTEL_EXPORTER_OTLP_TIMEOUT ??
      values.TRACE_EXPORT_TIMEOUT_MS,
    gzip: (values.OTEL_EXPORTER_OTLP_TRACES_COMPRESSION ?? values.OTEL_EXPORTER_OTLP_COMPRESSION) !== "none",
    ca: values.OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE ?? values.OTEL_EXPORTER_OTLP_CERTIFICATE,
  };
}

function otlpHeaders(values: TracingValues): Record<string, string> {
  return values.OTEL_EXPORTER_OTLP_TRACES_HEADERS ?? values.OTEL_EXPORTER_OTLP_HEADERS ?? {};
}

function tracesUrl(base: string): string {
  const url = new URL(base);
  url.pathname = `${url.pathname.replace(/\/+$/, "")}/v1/traces`;
  return url.href;
}

function warningsOf(values: TracingValues): string[] {
  const host = values.SENTRY_DSN?.host.replace(/:\d+$/, "");
  const local = host === undefined || /^(localhost|127\.|\[::1\])/.test(host);
  const warnings: string[] = [];
  if (values.SENTRY_DSN?.protocol === "http:" && !local) {
    warnings.push("SENTRY_DSN uses http: spans and errors travel unencrypted");
  }
  if (Object.keys(otlpHeaders(values)).length > 0 && otlpOf(values) === undefined) {
    warnings.push(
      "OTEL_EXPORTER_OTLP_TRACES_HEADERS has no effect without OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    );
  }
  return warnings;
}
