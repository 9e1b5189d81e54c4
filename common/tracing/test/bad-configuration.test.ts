import { expect, test } from "vitest";
import { fixture, runNode } from "./harness/run-node.ts";

const KEY = "0123456789abcdef0123456789abcdef";
const DSN = `https://${KEY}:${KEY}@o1.ingest.sentry.io/42`;

test("a process with a bad configuration ends with an error that names every fault, before it serves", async () => {
  const env = {
    TRACING_ENABLED: "yes",
    SENTRY_DSN: `https://${KEY}@o1.ingest.sentry.io/ledger`,
    TRACE_SAMPLE_RATE: "1%",
    TRACE_TRUST_REMOTE: "some",
    TRACE_EXPORT_INTERVAL_MS: "2s",
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "localhost:4318",
  };
  const { code, stdout, stderr } = await runNode(fixture("one-call.ts"), { env });
  expect(code).not.toBe(0);
  expect(stdout).toBe("");
  expect(stderr).toContain("TracekeepError");
  expect(stderr).toContain("6 faults");
  for (const name of Object.keys(env)) expect(stderr).toContain(`  ${name} `);
  expect(stderr).toContain("0.01 for 1%");
  expect(stderr).not.toContain(KEY.slice(0, 8));
});

test.each([
  "TRACING_ENABLED",
  "TRACE_SAMPLE_RATE",
  "TRACE_METHOD_RULES",
  "TRACE_TRUST_REMOTE",
  "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
])("a DSN that was pasted into %s is refused and not printed", async (variable) => {
  const { code, stdout, stderr } = await runNode(fixture("one-call.ts"), { env: { [variable]: DSN } });
  expect(code).not.toBe(0);
  expect(stderr).toContain(`  ${variable} `);
  expect(stdout + stderr).not.toContain(KEY.slice(0, 8));
});
