import { parsePropagationTargets } from "../propagation/targets.ts";
import { parseMethodRules } from "../sampling/method-rules.ts";
import { parseHashKey } from "../sanitize/hash-key.ts";
import { parseKeyRules } from "../sanitize/parse-key-rules.ts";
import { parsePatterns } from "../sanitize/patterns.ts";
import { SecretText } from "./secret-text.ts";
import {
  certificates,
  dsn,
  flag,
  headers,
  metadataKey,
  metadataKeys,
  otlpProtocol,
  type Reader,
  rate,
  text,
  url,
  wholeNumber,
  word,
} from "./values.ts";

/** How one variable is read, and what it is where nobody has set it. */
interface Setting<T> {
  readonly read: Reader<T>;
  readonly otherwise: T;
}

function setting<T>(read: Reader<T>): Setting<T | undefined>;
function setting<T>(read: Reader<T>, otherwise: NoInfer<T>): Setting<T>;
function setting<T>(read: Reader<T>, otherwise?: T): Setting<T | undefined> {
  return { read, otherwise };
}

/** Every variable that Tracekeep reads, with how it is read. Units and ranges stand in the messages. */
export const TRACING_VARIABLES = {
  TRACING_ENABLED: setting(flag, true),
  SENTRY_DSN: setting(dsn),
  TRACE_SAMPLE_RATE: setting(rate, 0.01),
  TRACE_ENVIRONMENT: setting(text),
  SENTRY_ENVIRONMENT: setting(text),
  TRACE_SERVICE_NAME: setting(text),
  OTEL_SERVICE_NAME: setting(text),
  TRACE_SERVICE_VERSION: setting(text),
  SENTRY_RELEASE: setting(text),
  ENVIRONMENT: setting(text),
  SERVICE_NAME: setting(text),
  SERVICE_VERSION: setting(text),
  TRACE_KEEP_ERRORS: setting(flag, true),
  TRACE_KEEP_SLOW_MS: setting(wholeNumber("milliseconds", 0, 86_400_000), 0),
  TRACE_KEEP_MAX_PER_SECOND: setting(wholeNumber("traces", 1, 100_000), 100),
  TRACE_RECORDER_BYTES: setting(wholeNumber("bytes", 65_536, 1_073_741_824), 16_777_216),
  TRACE_METHOD_RULES: setting(parseMethodRules, []),
  TRACE_PROPAGATION_TARGETS: setting(parsePropagationTargets, [{ host: "*", baggage: "all" }]),
  TRACE_TRUST_REMOTE: setting(word("all", "ids", "none"), "all"),
  TRACE_TENANT_KEY: setting(metadataKey),
  OTEL_TRACES_EXPORTER: setting((value) => value.toLowerCase()),
  OTEL_EXPORTER_OTLP_ENDPOINT: setting(url),
  TRACE_EXPORT_PROTOCOL: setting(word("otlp", "envelope"), "otlp"),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: setting(url),
  OTEL_EXPORTER_OTLP_HEADERS: setting(headers),
  OTEL_EXPORTER_OTLP_TRACES_HEADERS: setting(headers),
  OTEL_EXPORTER_OTLP_TIMEOUT: setting(wholeNumber("milliseconds", 1, 600_000)),
  OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: setting(wholeNumber("milliseconds", 1, 600_000)),
  OTEL_EXPORTER_OTLP_PROTOCOL: setting(otlpProtocol),
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: setting(otlpProtocol),
  OTEL_EXPORTER_OTLP_COMPRESSION: setting(word("gzip", "none")),
  OTEL_EXPORTER_OTLP_TRACES_COMPRESSION: setting(word("gzip", "none")),
  OTEL_EXPORTER_OTLP_CERTIFICATE: setting(certificates),
  OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE: setting(certificates),
  TRACE_EXPORT_QUEUE_BYTES: setting(wholeNumber("bytes", 65_536, 1_073_741_824), 8_388_608),
  TRACE_EXPORT_BATCH_BYTES: setting(wholeNumber("bytes", 4_096, 12_582_912), 1_048_576),
  TRACE_EXPORT_INTERVAL_MS: setting(wholeNumber("milliseconds", 10, 60_000), 2_000),
  TRACE_EXPORT_CONCURRENCY: setting(wholeNumber("requests", 1, 16), 1),
  TRACE_EXPORT_TIMEOUT_MS: setting(wholeNumber("milliseconds", 100, 60_000), 10_000),
  TRACE_EXPORT_CA_FILE: setting(certificates),
  TRACE_EXPORT_AT_CRASH: setting(flag, true),
  TRACE_SPOOL_DIR: setting(text),
  TRACE_SPOOL_BYTES: setting(wholeNumber("bytes", 65_536, 1_099_511_627_776), 67_108_864),
  TRACE_SPOOL_MAX_AGE_MS: setting(wholeNumber("milliseconds", 1_000, 2_592_000_000), 86_400_000),
  TRACE_SPAN_ATTRIBUTE_LIMIT: setting(wholeNumber("attributes", 16, 10_000), 128),
  TRACE_SPAN_EVENT_LIMIT: setting(wholeNumber("events", 0, 10_000), 128),
  TRACE_SPAN_VALUE_LENGTH_LIMIT: setting(wholeNumber("characters", 32, 65_536), 1_024),
  TRACE_SANITIZE_KEYS: setting(parseKeyRules, []),
  TRACE_SANITIZE_HASH_KEY: setting((text) => new SecretText(parseHashKey(text))),
  TRACE_SANITIZE_PATTERNS: setting(parsePatterns, []),
  TRACE_CAPTURE_METADATA: setting(metadataKeys, []),
  OTEL_SDK_DISABLED: setting((value) => value.toLowerCase() === "true", false),
};

export type TracingVariable = keyof typeof TRACING_VARIABLES;

/** The value of every variable, as it was set or by default. */
export type TracingValues = {
  readonly [Name in TracingVariable]: (typeof TRACING_VARIABLES)[Name]["otherwise"];
};

/** Set but empty is a fault here: an empty number or switch is a mistake in a template, not a choice. */
export const NEEDS_A_VALUE: ReadonlySet<string> = new Set<TracingVariable>([
  "TRACING_ENABLED",
  "TRACE_SAMPLE_RATE",
  "TRACE_KEEP_ERRORS",
  "TRACE_KEEP_SLOW_MS",
  "TRACE_KEEP_MAX_PER_SECOND",
  "TRACE_RECORDER_BYTES",
  "TRACE_EXPORT_QUEUE_BYTES",
  "TRACE_EXPORT_BATCH_BYTES",
  "TRACE_EXPORT_INTERVAL_MS",
  "TRACE_EXPORT_CONCURRENCY",
  "TRACE_EXPORT_TIMEOUT_MS",
  "TRACE_EXPORT_AT_CRASH",
  "TRACE_SPOOL_BYTES",
  "TRACE_SPOOL_MAX_AGE_MS",
  "TRACE_SPAN_ATTRIBUTE_LIMIT",
  "TRACE_SPAN_EVENT_LIMIT",
  "TRACE_SPAN_VALUE_LENGTH_LIMIT",
]);
