import { resolve } from "node:path";
import { BUILT_IN_METHOD_RULES } from "../sampling/method-rules.ts";
import { createSanitizer } from "../sanitize/index.ts";
import { MASK } from "../sanitize/mask.ts";
import { TracekeepError } from "../tracekeep-error.ts";
import { misspelt } from "./misspelt.ts";
import { isEnabled, readSettings, type SettingFault } from "./read-settings.ts";
import { namesSentryRefuses } from "./sentry-names.ts";
import { type Environment, merge, readSources, type Source, type SourceOptions } from "./sources.ts";
import { type OtlpDestination, SecretHeaders, type TracingConfig } from "./tracing-config.ts";
import type { TracingValues } from "./variables.ts";

/** What a service knows about itself, and where its settings come from. */
export interface LoadTracingConfigOptions extends SourceOptions {
  /** Used unless `TRACE_SERVICE_NAME` or `OTEL_SERVICE_NAME` is set; else `SERVICE_NAME`; else `unknown_service`. */
  readonly serviceName?: string;
  /** Used unless `TRACE_SERVICE_VERSION` or `SENTRY_RELEASE` is set; else `SERVICE_VERSION`; else `0.0.0`. */
  readonly serviceVersion?: string;
  /** Used unless `TRACE_ENVIRONMENT` or `SENTRY_ENVIRONMENT` is set; else `ENVIRONMENT`; else `development`. */
  readonly environment?: string;
  /** `service.instance.id` of all spans; default a random one for each start. */
  readonly serviceInstanceId?: string;
}

/**
 * Reads and checks the configuration: overrides, then the environment, then `.env`, then defaults.
 * Nothing is read before this call, and `process.env` is left as it is.
 *
 * @throws TracekeepError `INVALID_CONFIG` that names every fault at once, without secrets.
 */
export function loadTracingConfig(options: LoadTracingConfigOptions = {}): TracingConfig {
  const { config, faults } = checkTracingConfig(options);
  if (config !== undefined) return config;
  const lines = faults.map(({ name, message }) => `  ${name} ${message}`);
  const count = faults.length === 1 ? "1 fault" : `${faults.length} faults`;
  throw new TracekeepError("INVALID_CONFIG", `The tracing configuration has ${count}:\n${lines.join("\n")}`);
}

/** A configuration with all that was found on the way to it. */
export interface CheckedConfig {
  readonly sources: readonly Source[];
  /** Without secrets; empty if there is a configuration. */
  readonly faults: readonly SettingFault[];
  readonly config: TracingConfig | undefined;
}

/**
 * Reads and checks as `loadTracingConfig` does, without an error for faulty settings.
 *
 * @throws TracekeepError `INVALID_CONFIG` if a source cannot be read.
 */
export function checkTracingConfig(options: LoadTracingConfigOptions): CheckedConfig {
  const sources = readSources(options);
  const settings = merge(sources);
  const { values, faults } = readSettings(settings);
  const told = faults.map(sayingNoSecret(settings));
  // Who switches tracing off is in haste: nothing about it may keep the service from starting.
  if (faults.length > 0 && isEnabled(values)) return { sources, faults: told, config: undefined };
  // What code sets is checked when it is read.
  const set = sources.filter(({ inCode }) => !inCode).flatMap(({ all }) => Object.keys(all));
  const warnings = [...told.map(({ name, message }) => `${name} ${message}`), ...misspelt(set)];
  const config = toConfig(values, options);
  return {
    sources,
    faults: [],
    config: Object.freeze({ ...config, warnings: [...warningsOf(values, config, set), ...warnings] }),
  };
}

/** A secret that was put into the wrong variable is quoted by its fault; it must not come out. */
function sayingNoSecret(settings: Environment): (fault: SettingFault) => SettingFault {
  const { text } = createSanitizer({ keys: [], patterns: [], valueLength: 1_000 });
  return ({ name, message }) => {
    const empty = settings[name]?.trim() === "" ? " (set, but empty: remove it to get the default)" : "";
    const value = settings[name] ?? "";
    // The DSN's own fault quotes nothing, and shows the form of a DSN.
    const mayShow = name === "SENTRY_DSN" || text(value) === value;
    return { name, message: `${mayShow ? message : withoutQuotes(message)}${empty}` };
  };
}

/** A part of a secret need not look like one, so nothing of its text is left. */
function withoutQuotes(message: string): string {
  return message.replace(/".*"|\(.*\)/gs, MASK);
}

function toConfig(values: TracingValues, options: LoadTracingConfigOptions): Omit<TracingConfig, "warnings"> {
  const dsn = values.SENTRY_DSN;
  return {
    enabled: isEnabled(values),
    serviceName:
      values.TRACE_SERVICE_NAME ??
      values.OTEL_SERVICE_NAME ??
      said(options.serviceName) ??
      values.SERVICE_NAME ??
      "unknown_service",
    serviceVersion:
      values.TRACE_SERVICE_VERSION ??
      values.SENTRY_RELEASE ??
      said(options.serviceVersion) ??
      values.SERVICE_VERSION ??
      "0.0.0",
    environment:
      values.TRACE_ENVIRONMENT ??
      values.SENTRY_ENVIRONMENT ??
      said(options.environment) ??
      values.ENVIRONMENT ??
      "development",
    serviceInstanceId: said(options.serviceInstanceId),
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
    sanitize: {
      keys: values.TRACE_SANITIZE_KEYS,
      patterns: values.TRACE_SANITIZE_PATTERNS,
      hashKey: values.TRACE_SANITIZE_HASH_KEY,
    },
    captureMetadata: values.TRACE_CAPTURE_METADATA,
  };
}

/** Code may pass an empty variable on, which says no more than one that is not set. */
export function said(text: string | undefined): string | undefined {
  // Code that is not type-checked may give a number.
  return String(text ?? "").trim() || undefined;
}

const OTHERS_ENDPOINT = /^OTEL_EXPORTER_OTLP_(?:METRICS|LOGS)_ENDPOINT$/;

/** OpenTelemetry's rule: what is said of traces wins; the general endpoint is a base, the other is whole. */
function otlpOf(values: TracingValues): OtlpDestination | undefined {
  const base = values.OTEL_EXPORTER_OTLP_ENDPOINT;
  const url = values.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? (base === undefined ? undefined : tracesUrl(base));
  if (url === undefined || values.OTEL_TRACES_EXPORTER === "none") return undefined;
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

function warningsOf(
  values: TracingValues,
  config: Omit<TracingConfig, "warnings">,
  set: readonly string[],
): string[] {
  const host = values.SENTRY_DSN?.host.replace(/:\d+$/, "");
  const local = host === undefined || /^(localhost|127\.|\[::1\])/.test(host);
  const warnings = values.SENTRY_DSN === undefined ? [] : namesSentryRefuses(config);
  if (values.SENTRY_DSN?.protocol === "http:" && !local) {
    warnings.push("SENTRY_DSN uses http: spans and errors travel unencrypted");
  }
  const headers = (["OTEL_EXPORTER_OTLP_TRACES_HEADERS", "OTEL_EXPORTER_OTLP_HEADERS"] as const).find(
    (name) => values[name] !== undefined,
  );
  // Without an exporter of spans, or beside an endpoint of theirs, they are those of metrics and logs.
  const areOthers =
    values.OTEL_TRACES_EXPORTER === "none" ||
    (headers === "OTEL_EXPORTER_OTLP_HEADERS" && set.some((name) => OTHERS_ENDPOINT.test(name)));
  if (headers !== undefined && otlpOf(values) === undefined && !areOthers) {
    warnings.push(`${headers} has no effect without OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`);
  }
  return warnings;
}
