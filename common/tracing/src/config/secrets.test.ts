import { inspect } from "node:util";
import { expect, test } from "vitest";
import { loadTracingConfig } from "./index.ts";
import { TRACING_VARIABLES } from "./variables.ts";

const KEY = "0123456789abcdef0123456789abcdef";
const SECRET = "fedcba9876543210fedcba9876543210";

const DSNS = [
  `https://${KEY}@o1.ingest.sentry.io/42`,
  `https://${KEY}:${SECRET}@o1.ingest.sentry.io/42`,
  `"https://${KEY}@o1.ingest.sentry.io/42"`,
  `https://${KEY}@o1.ingest.sentry.io/42=never`,
  `a${KEY}:${SECRET}@o1.ingest.sentry.io/42`,
];

test.each(Object.keys(TRACING_VARIABLES))("a DSN in %s does not come out of the error", (variable) => {
  for (const dsn of DSNS) {
    for (const value of [dsn, `${dsn} (`, `x,${dsn},y`, `${"x".repeat(50)}${dsn}`]) {
      try {
        loadTracingConfig({ env: { [variable]: value }, cwd: "/" });
      } catch (error) {
        expect(inspect(error, { depth: 9, showHidden: true }), value).not.toMatch(/0123456789|9876543210/);
        expect(String(error)).toContain(variable);
      }
    }
  }
});

test("a password or a token in the wrong variable does not come out either", () => {
  for (const secret of ["password=hunter2hunter2", "Bearer hunter2hunter2", "postgres://app:hunter2@db/x"]) {
    expect(() =>
      loadTracingConfig({ env: { TRACE_SAMPLE_RATE: secret, TRACE_TRUST_REMOTE: secret }, cwd: "/" }),
    ).toThrow(expect.objectContaining({ message: expect.not.stringContaining("hunter2") }));
  }
});

test("a configuration can be logged: its secrets do not print", () => {
  const config = loadTracingConfig({
    env: {
      SENTRY_DSN: `https://${KEY}@acme.example/1`,
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://localhost:4318/v1/traces",
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: "api-key=hunter2",
      TRACE_SANITIZE_HASH_KEY: "hunter2 and more of them",
    },
    cwd: "/",
  });
  for (const printed of [JSON.stringify(config), inspect(config, { depth: 9, showHidden: true })]) {
    expect(printed).toContain("acme.example");
    expect(printed).toContain("api-key");
    expect(printed).not.toMatch(/0123456789|hunter2/);
  }
});
