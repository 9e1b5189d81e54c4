import { z } from "zod";
import { parsePropagationTargets } from "../propagation/targets.ts";
import { parseMethodRules } from "../sampling/method-rules.ts";
import { parsePatterns } from "../sanitize/patterns.ts";
import {
  certificates,
  dsn,
  flag,
  headers,
  metadataKeys,
  names,
  otlpProtocol,
  parsed,
  rate,
  url,
  wholeNumber,
  word,
} from "./values.ts";

/** Text that may be left empty, which is the same as leaving the variable out. */
const text = z.string().trim();

const variables = z.object({
  TRACING_ENABLED: flag.default(true),
  SENTRY_DSN: dsn.optional(),
  TRACE_SAMPLE_RATE: rate.default(0.01),
  TRACE_ENVIRONMENT: text.optional(),
  TRACE_SERVICE_NAME: text.optional(),
  TRACE_SERVICE_VERSION: text.optional(),
  ENVIRONMENT: text.optional(),
  SERVICE_NAME: text.optional(),
  SERVICE_VERSION: text.optional(),
  TRACE_KEEP_ERRORS: flag.default(true),
  TRACE_KEEP_SLOW_MS: wholeNumber("milliseconds", 0, 86_400_000).default(0),
  TRACE_KEEP_MAX_PER_SECOND: wholeNumber("traces", 1, 100_000).default(100),
  TRACE_RECORDER_BYTES: wholeNumber("bytes", 65_536, 1_073_741_824).default(16_777_216),
  TRACE_METHOD_RULES: parsed(parseMethodRules).default([]),
  TRACE_PROPAGATION_TARGETS: parsed(parsePropagationTargets).default([{ host: "*", baggage: "all" }]),
  TRACE_TRUST_REMOTE: word("all", "ids", "none").default("all"),
  OTEL_EXPORTER_OTLP_ENDPOINT: url.optional(),
  TRACE_EXPORT_PROTOCOL: word("otlp", "envelope").default("otlp"),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: url.optional(),
  OTEL_EXPORTER_OTLP_HEADERS: headers.optional(),
  OTEL_EXPORTER_OTLP_TRACES_HEADERS: headers.optional(),
  OTEL_EXPORTER_OTLP_TIMEOUT: wholeNumber("milliseconds", 1, 600_000).optional(),
  OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: wholeNumber("milliseconds", 1, 600_000).optional(),
  OTEL_EXPORTER_OTLP_PROTOCOL: otlpProtocol.optional(),
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: otlpProtocol.optional(),
  OTEL_EXPORTER_OTLP_COMPRESSION: word("gzip", "none").optional(),
  OTEL_EXPORTER_OTLP_TRACES_COMPRESSION: word("gzip", "none").optional(),
  OTEL_EXPORTER_OTLP_CERTIFICATE: certificates.optional(),
  OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE: certificates.optional(),
  TRACE_EXPORT_QUEUE_BYTES: wholeNumber("bytes", 65_536, 1_073_741_824).default(8_388_608),
  TRACE_EXPORT_BATCH_BYTES: wholeNumber("bytes", 4_096, 12_582_912).default(1_048_576),
  TRACE_EXPORT_INTERVAL_MS: wholeNumber("milliseconds", 10, 60_000).default(2_000),
  TRACE_EXPORT_CONCURRENCY: wholeNumber("requests", 1, 16).default(1),
  TRACE_EXPORT_TIMEOUT_MS: wholeNumber("milliseconds", 100, 60_000).default(10_000),
  TRACE_EXPORT_CA_FILE: certificates.optional(),
  TRACE_EXPORT_AT_CRASH: flag.default(true),
  TRACE_SPOOL_DIR: text.optional(),
  TRACE_SPOOL_BYTES: wholeNumber("bytes", 65_536, 1_099_511_627_776).default(67_108_864),
  TRACE_SPOOL_MAX_AGE_MS: wholeNumber("milliseconds", 1_000, 2_592_000_000).default(86_400_000),
  TRACE_SPAN_ATTRIBUTE_LIMIT: wholeNumber("attributes", 16, 10_000).default(128),
  TRACE_SPAN_EVENT_LIMIT: wholeNumber("events", 0, 10_000).default(128),
  TRACE_SPAN_VALUE_LENGTH_LIMIT: wholeNumber("characters", 32, 65_536).default(1_024),
  TRACE_SANITIZE_KEYS: names.default([]),
  TRACE_SANITIZE_PATTERNS: parsed(parsePatterns).default([]),
  TRACE_CAPTURE_METADATA: metadataKeys.default([]),
  OTEL_SDK_DISABLED: z
    .string()
    .transform((value) => value.trim().toLowerCase() === "true")
    .default(false),
});

/** Every variable that Tracekeep reads, with how it is read. Units and ranges stand in the messages. */
export const TRACING_VARIABLES = variables.refine(
  (values) => values.TRACE_EXPORT_BATCH_BYTES <= values.TRACE_EXPORT_QUEUE_BYTES,
  { path: ["TRACE_EXPORT_BATCH_BYTES"], message: "is more than TRACE_EXPORT_QUEUE_BYTES; make it less" },
);

export type TracingVariable = keyof typeof TRACING_VARIABLES.shape;

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
