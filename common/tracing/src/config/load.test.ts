import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { expect, test } from "vitest";
import { TracekeepError } from "../tracekeep-error.ts";
import { loadTracingConfig, type TracingConfig } from "./index.ts";
import { TRACING_VARIABLES, type TracingVariable } from "./variables.ts";

interface Row {
  readonly variable: TracingVariable;
  readonly read: (config: TracingConfig) => unknown;
  readonly default: unknown;
  readonly accepted: readonly (readonly [text: string, value: unknown])[];
  /** Texts that are refused, with a part of the message. */
  readonly refused: readonly (readonly [text: string, message: string])[];
  /** Settings without which the accepted ones do nothing. */
  readonly needs?: Readonly<Partial<Record<TracingVariable, string>>>;
}

const size = (
  variable: TracingVariable,
  read: Row["read"],
  unit: string,
  range: readonly [number, number],
  byDefault: number,
): Row => ({
  variable,
  read,
  default: byDefault,
  accepted: [
    [String(range[0]), range[0]],
    [` ${range[1]} `, range[1]],
  ],
  refused: [
    [String(range[0] - 1), `write a whole number of ${unit} from ${range[0]} to ${range[1]}`],
    [String(range[1] + 1), `write a whole number of ${unit}`],
    ["1.5", `write a whole number of ${unit}`],
    ["1e3", `write a whole number of ${unit}`],
    ["1MB", 'is "1MB"'],
    ["", "set, but empty"],
  ],
});

const name = (variable: TracingVariable, read: Row["read"], byDefault: string): Row => ({
  variable,
  read,
  default: byDefault,
  accepted: [
    [" a name ", "a name"],
    ["", byDefault],
  ],
  refused: [],
});

const pem = fileURLToPath(new URL("../../test/fixtures/localhost.pem", import.meta.url));
const PEM_FILES: Row["accepted"] = [[pem, expect.stringMatching(/^-----BEGIN CERTIFICATE-----/)]];
const NO_PEM_FILES: Row["refused"] = [
  ["/nowhere/ca.pem", "cannot be read (ENOENT)"],
  ["/", "cannot be read (EISDIR)"],
  [fileURLToPath(import.meta.url), "without a certificate"],
];

/** Both forms of a variable of OpenTelemetry's for OTLP; neither does anything without an endpoint. */
const otlp = (
  name: "HEADERS" | "TIMEOUT" | "PROTOCOL" | "COMPRESSION" | "CERTIFICATE",
  row: Pick<Row, "read" | "accepted" | "refused">,
): Row[] =>
  ([`OTEL_EXPORTER_OTLP_${name}`, `OTEL_EXPORTER_OTLP_TRACES_${name}`] as const).map((variable) => ({
    ...row,
    variable,
    needs: { OTEL_EXPORTER_OTLP_ENDPOINT: "http://localhost:4318" },
    default: undefined,
  }));

const spool = (
  variable: "TRACE_SPOOL_BYTES" | "TRACE_SPOOL_MAX_AGE_MS",
  unit: string,
  range: readonly [number, number],
): Row => ({
  ...size(
    variable,
    ({ export: { spool } }) => (variable === "TRACE_SPOOL_BYTES" ? spool?.bytes : spool?.maxAgeMs),
    unit,
    range,
    0,
  ),
  needs: { TRACE_SPOOL_DIR: "/spool" },
  default: undefined,
});

const ROWS: readonly Row[] = [
  {
    variable: "TRACING_ENABLED",
    read: (config) => config.enabled,
    default: true,
    accepted: [
      ["true", true],
      ["TRUE", true],
      [" true ", true],
      ["1", true],
      ["false", false],
      ["False", false],
      ["0", false],
    ],
    refused: [
      ["no", "write true or false"],
      ["off", 'is "off"'],
      ["yes", 'is "yes"'],
      ["", "set, but empty"],
      ["2", 'is "2"'],
    ],
  },
  {
    variable: "SENTRY_DSN",
    read: (config) => config.sentryDsn?.toString(),
    default: undefined,
    accepted: [
      ["https://k@acme.example/1", "https://***@acme.example/1"],
      ["", undefined],
      ["   ", undefined],
    ],
    refused: [
      ["acme.example", "https://KEY@HOST/PROJECT"],
      ["https://acme.example/1", "no public key"],
    ],
  },
  {
    variable: "TRACE_SAMPLE_RATE",
    read: (config) => config.sampleRate,
    default: 0.01,
    accepted: [
      ["0", 0],
      ["1", 1],
      [" 0.01 ", 0.01],
      [".01", 0.01],
      ["1e-2", 0.01],
    ],
    refused: [
      ["1%", "0.01 for 1%"],
      ["0,01", "0.01"],
      ["abc", "0.01"],
      ["5", "0.05"],
      ["-1", "0 to 1"],
      ["NaN", "0 to 1"],
      ["", "set, but empty"],
    ],
  },
  name("TRACE_ENVIRONMENT", (config) => config.environment, "development"),
  name("SENTRY_ENVIRONMENT", (config) => config.environment, "development"),
  name("TRACE_SERVICE_NAME", (config) => config.serviceName, "unknown_service"),
  name("OTEL_SERVICE_NAME", (config) => config.serviceName, "unknown_service"),
  {
    variable: "OTEL_TRACES_EXPORTER",
    read: (config) => config.otlp?.url,
    default: undefined,
    accepted: [
      ["none", undefined],
      ["otlp", "http://acme.example/v1/traces"],
      ["", "http://acme.example/v1/traces"],
    ],
    refused: [],
    needs: { OTEL_EXPORTER_OTLP_ENDPOINT: "http://acme.example" },
  },
  name("TRACE_SERVICE_VERSION", (config) => config.serviceVersion, "0.0.0"),
  name("SENTRY_RELEASE", (config) => config.serviceVersion, "0.0.0"),
  name("ENVIRONMENT", (config) => config.environment, "development"),
  name("SERVICE_NAME", (config) => config.serviceName, "unknown_service"),
  name("SERVICE_VERSION", (config) => config.serviceVersion, "0.0.0"),
  {
    variable: "TRACE_KEEP_ERRORS",
    read: (config) => config.keep.errors,
    default: true,
    accepted: [
      ["false", false],
      ["1", true],
    ],
    refused: [
      ["sometimes", "write true or false"],
      ["", "set, but empty"],
    ],
  },
  size("TRACE_KEEP_SLOW_MS", (config) => config.keep.slowMs, "milliseconds", [0, 86_400_000], 0),
  size("TRACE_KEEP_MAX_PER_SECOND", (config) => config.keep.maxPerSecond, "traces", [1, 100_000], 100),
  size(
    "TRACE_RECORDER_BYTES",
    (config) => config.keep.recorderBytes,
    "bytes",
    [65_536, 1_073_741_824],
    16_777_216,
  ),
  {
    variable: "TRACE_METHOD_RULES",
    read: (config) => config.methodRules.filter(({ glob }) => glob.startsWith("a.")),
    default: [],
    accepted: [
      [
        "a.B/*=never, a.B/C=always,/a.B/D=0.5,",
        [
          { glob: "a.B/*", verdict: "never" },
          { glob: "a.B/C", verdict: 1 },
          { glob: "a.B/D", verdict: 0.5 },
        ],
      ],
    ],
    refused: [
      ["a.B/C", "METHOD=RATE"],
      ["a.B/C=sometimes", "never, or always"],
      ["=never", "METHOD=never"],
      ["a.B/C=2", "0 to 1"],
    ],
  },
  {
    variable: "TRACE_PROPAGATION_TARGETS",
    read: (config) => config.propagationTargets,
    default: [{ host: "*", baggage: "all" }],
    accepted: [
      ["all", [{ host: "*", baggage: "all" }]],
      [
        "Ledger.internal, *.partner.example;baggage=sentry",
        [
          { host: "ledger.internal", baggage: "all" },
          { host: "*.partner.example", baggage: "sentry" },
        ],
      ],
    ],
    refused: [
      ["https://ledger.internal", "write host names"],
      ["a;baggage=none", ";baggage=sentry"],
    ],
  },
  {
    variable: "TRACE_TRUST_REMOTE",
    read: (config) => config.trustRemote,
    default: "all",
    accepted: [
      ["ids", "ids"],
      [" NONE ", "none"],
      ["", "all"],
    ],
    refused: [["some", "all, ids, none"]],
  },
  {
    variable: "TRACE_TENANT_KEY",
    read: (config) => config.tenantKey,
    default: undefined,
    accepted: [
      [" X-Tenant-Id ", "x-tenant-id"],
      ["tenant.id", "tenant.id"],
      ["", undefined],
    ],
    refused: [
      ["x-tenant,x-org", "write one metadata key such as x-tenant-id"],
      ["x tenant", 'is "x tenant"'],
      ["tenant-bin", "write one metadata key"],
      ["grpc-tenant", "write one metadata key"],
      ["sentry-org", "write one metadata key"],
      ["authorization", "write one metadata key"],
      ["traceparent", "write one metadata key"],
    ],
  },
  {
    variable: "TRACE_EXPORT_PROTOCOL",
    read: (config) => config.export.protocol,
    default: "otlp",
    accepted: [
      ["envelope", "envelope"],
      [" OTLP ", "otlp"],
      ["", "otlp"],
    ],
    refused: [["sentry", "otlp, envelope"]],
  },
  {
    variable: "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    read: (config) => config.otlp?.url,
    default: undefined,
    accepted: [
      ["http://localhost:4318/v1/traces", "http://localhost:4318/v1/traces"],
      ["", undefined],
    ],
    refused: [
      ["localhost:4318", "is not a URL"],
      ["http://u:p@localhost:4318", "credentials"],
    ],
  },
  {
    variable: "OTEL_EXPORTER_OTLP_ENDPOINT",
    read: (config) => config.otlp?.url,
    default: undefined,
    accepted: [
      ["http://localhost:4318", "http://localhost:4318/v1/traces"],
      ["https://otlp.acme.example/base/?tenant=a", "https://otlp.acme.example/base/v1/traces?tenant=a"],
      ["", undefined],
    ],
    refused: [["localhost:4318", "is not a URL"]],
  },
  ...otlp("HEADERS", {
    read: (config) => config.otlp?.headers.reveal(),
    accepted: [["a=1", { a: "1" }]],
    refused: [
      ["nothing", "name=value"],
      ["=x", "pair 1"],
      ["a=1,b c=2", "pair 2"],
    ],
  }),
  ...otlp("TIMEOUT", {
    read: (config) => config.otlp?.timeoutMs,
    accepted: [["2500", 2_500]],
    refused: [
      ["0", "milliseconds from 1 to 600000"],
      ["10s", 'is "10s"'],
    ],
  }),
  ...otlp("PROTOCOL", {
    read: (config) => config.otlp?.url,
    accepted: [[" HTTP/protobuf ", "http://localhost:4318/v1/traces"]],
    refused: [
      ["grpc", "write http/protobuf"],
      ["http/json", "write http/protobuf"],
    ],
  }),
  ...otlp("COMPRESSION", {
    read: (config) => config.otlp?.gzip,
    accepted: [
      ["gzip", true],
      ["none", false],
    ],
    refused: [["zstd", "gzip, none"]],
  }),
  ...otlp("CERTIFICATE", { read: (config) => config.otlp?.ca, accepted: PEM_FILES, refused: NO_PEM_FILES }),
  {
    variable: "TRACE_EXPORT_CA_FILE",
    read: (config) => config.export.ca,
    default: undefined,
    accepted: PEM_FILES,
    refused: NO_PEM_FILES,
  },
  {
    variable: "TRACE_EXPORT_AT_CRASH",
    read: (config) => config.export.atCrash,
    default: true,
    accepted: [["FALSE", false]],
    refused: [
      ["never", "write true or false"],
      ["", "set, but empty"],
    ],
  },
  {
    variable: "TRACE_SPOOL_DIR",
    read: (config) => config.export.spool?.directory,
    default: undefined,
    accepted: [
      ["/var/spool/tracekeep", "/var/spool/tracekeep"],
      ["spool", "/spool"],
      ["", undefined],
    ],
    refused: [],
  },
  spool("TRACE_SPOOL_BYTES", "bytes", [65_536, 1_099_511_627_776]),
  spool("TRACE_SPOOL_MAX_AGE_MS", "milliseconds", [1_000, 2_592_000_000]),
  {
    ...size(
      "TRACE_EXPORT_QUEUE_BYTES",
      (config) => config.export.queueBytes,
      "bytes",
      [65_536, 1_073_741_824],
      8_388_608,
    ),
    // Less than a batch is refused; see below.
    accepted: [["1073741824", 1_073_741_824]],
  },
  size("TRACE_EXPORT_INTERVAL_MS", (config) => config.export.intervalMs, "milliseconds", [10, 60_000], 2_000),
  size("TRACE_EXPORT_CONCURRENCY", (config) => config.export.concurrency, "requests", [1, 16], 1),
  size("TRACE_EXPORT_TIMEOUT_MS", (config) => config.export.timeoutMs, "milliseconds", [100, 60_000], 10_000),
  size("TRACE_SPAN_ATTRIBUTE_LIMIT", (config) => config.limits.attributes, "attributes", [16, 10_000], 128),
  size("TRACE_SPAN_EVENT_LIMIT", (config) => config.limits.events, "events", [0, 10_000], 128),
  size(
    "TRACE_SPAN_VALUE_LENGTH_LIMIT",
    (config) => config.limits.valueLength,
    "characters",
    [32, 65_536],
    1_024,
  ),
  {
    ...size(
      "TRACE_EXPORT_BATCH_BYTES",
      (config) => config.export.batchBytes,
      "bytes",
      [4_096, 12_582_912],
      1_048_576,
    ),
    // More than the queue is refused; see below.
    accepted: [["4096", 4_096]],
  },
  {
    variable: "TRACE_SANITIZE_KEYS",
    read: (config) => config.sanitize.keys,
    default: [],
    accepted: [["Tenant, customer-code , *_secret", ["Tenant", "customer-code", "*_secret"]]],
    refused: [["a,*", '"*"']],
  },
  {
    variable: "TRACE_SANITIZE_HASH_KEY",
    read: (config) => config.sanitize.hashKey?.reveal(),
    default: undefined,
    accepted: [["correct horse battery", "correct horse battery"]],
    refused: [["too short", "has 9 characters; write at least 16"]],
  },
  {
    variable: "TRACE_SANITIZE_PATTERNS",
    read: (config) => config.sanitize.patterns.map(({ source }) => source),
    default: [],
    accepted: [["ACME-\\d+  CUST-[A-Z]{3}", ["ACME-\\d+", "CUST-[A-Z]{3}"]]],
    refused: [["ACME-(", "does not compile"]],
  },
  {
    variable: "TRACE_CAPTURE_METADATA",
    read: (config) => config.captureMetadata,
    default: [],
    accepted: [["X-Tenant, x-request-id", ["x-tenant", "x-request-id"]]],
    refused: [["x-tenant,baggage", "never recorded"]],
  },
  {
    variable: "OTEL_SDK_DISABLED",
    read: (config) => config.enabled,
    default: true,
    // OpenTelemetry's rule: only "true" is true.
    accepted: [
      ["true", false],
      [" TRUE ", false],
      ["1", true],
      ["yes", true],
      ["", true],
    ],
    refused: [],
  },
];

const load = (env: Record<string, string | undefined>): TracingConfig => loadTracingConfig({ env, cwd: "/" });

const messageOf = (env: Record<string, string>): string => {
  try {
    load(env);
  } catch (error) {
    expect(error).toBeInstanceOf(TracekeepError);
    expect(error).toHaveProperty("code", "INVALID_CONFIG");
    return (error as Error).message;
  }
  throw new Error(`accepted: ${JSON.stringify(env)}`);
};

test("every variable has a row here", () => {
  expect(ROWS.map(({ variable }) => variable).sort()).toEqual(Object.keys(TRACING_VARIABLES).sort());
});

test.each(ROWS)(
  "CFG-03, CFG-04: $variable: default, accepted and refused forms",
  ({ variable, read, default: byDefault, accepted, refused, needs }) => {
    expect(read(load({}))).toEqual(byDefault);
    expect(read(load({ [variable]: undefined }))).toEqual(byDefault);
    for (const [text, value] of accepted)
      expect(read(load({ ...needs, [variable]: text })), text).toEqual(value);
    for (const [text, part] of refused) {
      const message = messageOf({ ...needs, [variable]: text });
      expect(message).toContain(`  ${variable} `);
      expect(message).toContain(part);
    }
  },
);

test("all faults are named at once", () => {
  const message = messageOf({
    TRACING_ENABLED: "yes",
    TRACE_SAMPLE_RATE: "1%",
    SENTRY_DSN: "x",
    TRACE_TRUST_REMOTE: "x",
  });
  expect(message).toContain("4 faults");
  for (const variable of ["TRACING_ENABLED", "TRACE_SAMPLE_RATE", "SENTRY_DSN", "TRACE_TRUST_REMOTE"])
    expect(message).toContain(`  ${variable} `);
});

test("a batch that does not fit into the queue is refused", () => {
  expect(messageOf({ TRACE_EXPORT_QUEUE_BYTES: "65536", TRACE_EXPORT_BATCH_BYTES: "65537" })).toContain(
    "TRACE_EXPORT_BATCH_BYTES is more than TRACE_EXPORT_QUEUE_BYTES",
  );
  expect(messageOf({ TRACE_EXPORT_QUEUE_BYTES: "65536" })).toContain(
    "TRACE_EXPORT_QUEUE_BYTES is less than TRACE_EXPORT_BATCH_BYTES, which is 1048576; make it more, or set that one, too",
  );
  const { queueBytes, batchBytes } = load({
    TRACE_EXPORT_QUEUE_BYTES: "65536",
    TRACE_EXPORT_BATCH_BYTES: "65536",
  }).export;
  expect([queueBytes, batchBytes]).toEqual([65_536, 65_536]);
});

test("what OpenTelemetry's variables say of traces wins over what they say of everything", () => {
  const { url, headers, timeoutMs, gzip } =
    load({
      OTEL_EXPORTER_OTLP_ENDPOINT: "http://all:4318",
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://traces:4318/intake",
      OTEL_EXPORTER_OTLP_HEADERS: "a=all,b=all",
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: "a=traces",
      OTEL_EXPORTER_OTLP_TIMEOUT: "1000",
      OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: "2000",
      OTEL_EXPORTER_OTLP_COMPRESSION: "none",
      OTEL_EXPORTER_OTLP_TRACES_COMPRESSION: "gzip",
    }).otlp ?? expect.fail("there is no destination");
  expect({ url, timeoutMs, gzip }).toEqual({
    url: "http://traces:4318/intake",
    timeoutMs: 2_000,
    gzip: true,
  });
  expect(headers.reveal()).toEqual({ a: "traces" });
});

test.each([
  ["a line break", "api-key=hunter2%0Ax-more: 1"],
  ["a letter beyond Latin-1", "api-key=hunter2\u0142"],
  ["a null", "api-key=hunter2%00"],
])("a header for an OTLP endpoint with %s in its value is a fault, and shows nothing of it", (_, headers) => {
  const variables = {
    OTEL_EXPORTER_OTLP_ENDPOINT: "http://all:4318",
    OTEL_EXPORTER_OTLP_TRACES_HEADERS: headers,
  };
  const what =
    /OTEL_EXPORTER_OTLP_TRACES_HEADERS has a character in the value of api-key that no header takes/;
  expect(() => load(variables)).toThrow(what);
  expect(() => load(variables)).not.toThrow(/hunter2/);
});

test("an OTLP destination has the time limit of all, and gzip, unless something else is said", () => {
  const { otlp } = load({
    OTEL_EXPORTER_OTLP_ENDPOINT: "http://all:4318",
    TRACE_EXPORT_TIMEOUT_MS: "3000",
  });
  expect(otlp).toMatchObject({ timeoutMs: 3_000, gzip: true, ca: undefined });
});

test("the built-in method rules come after the user's", () => {
  const globs = load({ TRACE_METHOD_RULES: "grpc.health.*/*=always" }).methodRules.map(({ glob }) => glob);
  expect(globs.indexOf("grpc.health.*/*")).toBe(0);
  expect(globs).toContain("grpc.reflection.*/*");
});

test("http to another machine is worth a warning, to this one not", () => {
  expect(load({ SENTRY_DSN: "http://k@sentry.acme.example/1" }).warnings).toHaveLength(1);
  expect(load({ SENTRY_DSN: "http://k@localhost:9000/1" }).warnings).toHaveLength(0);
});

test("whatever an environment holds, it is a configuration or one error with the names in it", () => {
  const environment = fc.dictionary(
    fc.constantFrom(...Object.keys(TRACING_VARIABLES)),
    fc.string({ unit: "binary", maxLength: 30 }),
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(environment, (env) => {
      try {
        load(env);
      } catch (error) {
        expect(error).toBeInstanceOf(TracekeepError);
        expect((error as Error).message).toMatch(/has \d+ faults?:\n {2}[A-Z_]+ /);
      }
    }),
  );
});

test("with tracing switched off, no other setting keeps the service from starting", () => {
  const env = { TRACE_SAMPLE_RATE: "5", SENTRY_DSN: "https://x", TRACE_EXPORT_CA_FILE: "/nowhere/ca.pem" };
  expect(() => loadTracingConfig({ env, cwd: "/" })).toThrow("3 faults");
  for (const off of [{ TRACING_ENABLED: "false" }, { OTEL_SDK_DISABLED: "true" }]) {
    const config = loadTracingConfig({ env: { ...env, ...off }, cwd: "/" });
    expect(config).toMatchObject({ enabled: false, sampleRate: 0.01, sentryDsn: undefined });
    expect(config.warnings.map((warning) => warning.split(" ")[0])).toEqual(
      expect.arrayContaining(["TRACE_SAMPLE_RATE", "SENTRY_DSN", "TRACE_EXPORT_CA_FILE"]),
    );
  }
  const unreadable = { ...env, TRACING_ENABLED: "nope" };
  expect(() => loadTracingConfig({ env: unreadable, cwd: "/" })).toThrow("4 faults");
});

test("quotes that a container's env file has left around a value are not part of it", () => {
  const env = {
    TRACE_SAMPLE_RATE: '"0.05"',
    TRACE_ENVIRONMENT: "'production'",
    TRACE_SERVICE_NAME: '"it is "said"',
    SENTRY_DSN: '""',
  };
  expect(loadTracingConfig({ env, cwd: "/" })).toMatchObject({
    sampleRate: 0.05,
    environment: "production",
    serviceName: '"it is "said"',
    sentryDsn: undefined,
  });
});

test.each([
  ["feature/login", "1.0.0", ["environment"]],
  ["None", "1.0.0", ["environment"]],
  ["two words", "1.0.0", ["environment"]],
  ["x".repeat(65), "1.0.0", ["environment"]],
  ["production", "@acme/ledger@1.0.0", ["release"]],
  ["production", "x".repeat(201), ["release"]],
  ["qa/1", "..", ["environment", "release"]],
  ["production", "ledger@1.4.0-canary.f3a9c21", []],
])("of the environment %s and the release %s Sentry does not take: %j", (environment, release, refused) => {
  const names = { TRACE_ENVIRONMENT: environment, TRACE_SERVICE_VERSION: release };
  const { warnings } = loadTracingConfig({
    env: { ...names, SENTRY_DSN: "https://k@acme.example/1" },
    cwd: "/",
  });
  expect(warnings.map((warning) => /the (environment|release)/.exec(warning)?.[1])).toEqual(refused);
  // Other backends take what they get.
  expect(loadTracingConfig({ env: names, cwd: "/" }).warnings).toEqual([]);
});

test("a warning on a name that Sentry does not take shows no secret in it", () => {
  const env = {
    SENTRY_DSN: "https://k@acme.example/1",
    TRACE_ENVIRONMENT: "postgres://app:hunter2@db/prod",
    TRACE_SERVICE_VERSION: "https://deploy:hunter2@acme.example/1",
  };
  const { warnings } = loadTracingConfig({ env, cwd: "/" });
  expect(warnings).toHaveLength(2);
  expect(warnings.join()).not.toContain("hunter2");
});

test.each([
  ["that of traces is another", { OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: "http/protobuf" }],
  ["spans do not go there", { OTEL_TRACES_EXPORTER: "none" }],
  ["there is no endpoint", { OTEL_EXPORTER_OTLP_ENDPOINT: "" }],
])("CFG-04: a general variable of OpenTelemetry's that is meant for metrics ends no start: %s", (_, more) => {
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://all:4318", OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" };
  expect(messageOf(env)).toContain("OTEL_EXPORTER_OTLP_PROTOCOL");
  expect(load({ ...env, ...more }).warnings).toEqual([]);
});

test("headers without an endpoint are warned of by their own name, and not where spans go elsewhere on purpose", () => {
  const headers = { OTEL_EXPORTER_OTLP_HEADERS: "a=1" };
  const advice = "has no effect without OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
  expect(load(headers).warnings).toEqual([`OTEL_EXPORTER_OTLP_HEADERS ${advice}`]);
  const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://all:4318", OTEL_TRACES_EXPORTER: "none" };
  expect(load({ ...headers, ...endpoint }).warnings).toEqual([]);
  for (const theirs of ["OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT"])
    expect(load({ ...headers, [theirs]: "http://all:4318" }).warnings).toEqual([]);
});
