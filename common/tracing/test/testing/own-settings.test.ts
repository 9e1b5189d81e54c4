import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { loadTracingConfig, startTracing, withSpan } from "../../src/index.ts";
import { startTraceCapture } from "../../src/testing/index.ts";
import { startIntake } from "../harness/intake.ts";

test("a capture takes the traces, whatever the environment and .env say of other places, and nothing goes there", async () => {
  const collector = await startIntake();
  const cwd = mkdtempSync(join(tmpdir(), "tracekeep-"));
  onTestFinished(() => rmSync(cwd, { recursive: true }));
  writeFileSync(join(cwd, ".env"), `OTEL_EXPORTER_OTLP_ENDPOINT=${new URL(collector.dsn).origin}\n`);
  await using capture = await startTraceCapture();
  const env = { OTEL_SDK_DISABLED: "true" };
  const tracing = startTracing(loadTracingConfig({ env, cwd, overrides: capture.settings }));
  const { nodes } = await capture.traceOf(() => withSpan("work", () => {}));
  expect(nodes).toHaveLength(2);
  await tracing.shutdown();
  expect(collector.requests).toEqual([]);
  await collector.close();
});
