import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { loadTracingConfig, type TracingConfig } from "./index.ts";

function loadWith(file: Buffer): TracingConfig {
  const cwd = mkdtempSync(join(tmpdir(), "tracekeep-env-"));
  try {
    writeFileSync(join(cwd, ".env"), file);
    return loadTracingConfig({ env: {}, cwd });
  } finally {
    rmSync(cwd, { recursive: true });
  }
}

const SETTINGS = "TRACE_SERVICE_NAME=ledger\nTRACE_SAMPLE_RATE=0.5\n";

test("a byte order mark does not hide the first variable of .env", () => {
  const { serviceName, sampleRate } = loadWith(Buffer.from(`\uFEFF${SETTINGS}`));
  expect([serviceName, sampleRate]).toEqual(["ledger", 0.5]);
});

test.each([
  ["with a byte order mark", `\uFEFF${SETTINGS}`],
  ["without one", SETTINGS],
])("a .env in UTF-16 %s is refused", (_case, settings) => {
  const little = Buffer.from(settings, "utf16le");
  for (const file of [little, Buffer.from(little).swap16()]) {
    expect(() => loadWith(file)).toThrow(
      expect.objectContaining({
        code: "INVALID_CONFIG",
        message: expect.stringMatching(/\.env is not UTF-8 text; save it as UTF-8/),
      }),
    );
  }
});

test("with tracing switched off, a .env that cannot be read ends no start", () => {
  const cwd = mkdtempSync(join(tmpdir(), "tracekeep-env-"));
  onTestFinished(() => rmSync(cwd, { recursive: true }));
  // As a virtual environment of Python, or a volume whose file was missing.
  mkdirSync(join(cwd, ".env"));
  expect(() => loadTracingConfig({ env: {}, cwd })).toThrow(".env cannot be read");
  for (const env of [{ TRACING_ENABLED: "false" }, { OTEL_SDK_DISABLED: "true" }])
    expect(loadTracingConfig({ env, cwd }).enabled).toBe(false);
});
