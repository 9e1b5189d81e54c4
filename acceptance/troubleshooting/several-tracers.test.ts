import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { INSTALLED, packageFolder } from "../../common/tracing/test/cli/harness/package-folder.ts";
import { emptyFolder, runCli } from "../../common/tracing/test/cli/harness/run-cli.ts";
import { fixture, runNode } from "../../common/tracing/test/harness/run-node.ts";
import { startIntake } from "../harness/stack.ts";
import { entry } from "./harness/page.ts";

/** What a program says that makes one traced call after another tracer has been loaded. */
async function callAfter(preload: string): Promise<string> {
  const intake = await startIntake();
  const env = { SENTRY_DSN: intake.dsn, TRACE_SAMPLE_RATE: "1", NODE_OPTIONS: `--import ${preload}` };
  const { code, stderr } = await runNode(fixture("one-call.ts"), { env });
  expect(code, stderr).toBe(0);
  // Its own calls are traced all the same.
  expect(intake.spans.length).toBeGreaterThan(0);
  await intake.close();
  return stderr;
}

entry("Two versions of OpenTelemetry's API", async () => {
  const folder = packageFolder({
    ...INSTALLED,
    "": {
      name: "ledger",
      dependencies: { tracekeep: "*", "@opentelemetry/api": "*", "@grpc/grpc-js": "*", pg: "*" },
    },
    "node_modules/pg": { name: "pg", version: "1.0.0", dependencies: { "@opentelemetry/api": "*" } },
    "node_modules/pg/node_modules/@opentelemetry/api": { name: "@opentelemetry/api", version: "1.9.0" },
  });
  const log = await callAfter(fixture("older-api.ts"));
  return `${log}\n${(await runCli(["doctor"], {}, folder)).stdout}`;
});

entry("Another tracing SDK in the process", async () => {
  const folder = packageFolder({
    ...INSTALLED,
    "": {
      name: "ledger",
      dependencies: { tracekeep: "*", "@opentelemetry/api": "*", "@grpc/grpc-js": "*", "dd-trace": "*" },
    },
    "node_modules/dd-trace": { name: "dd-trace", version: "6.21.0" },
  });
  return (await runCli(["doctor"], {}, folder)).stdout;
});

entry("Tracing is loaded too late", async () => {
  const folder = emptyFolder();
  const preload = join(folder, "tracer.mjs");
  const api = import.meta.resolve("@opentelemetry/api");
  writeFileSync(
    preload,
    `import api from ${JSON.stringify(api)};
api.trace.setGlobalTracerProvider({ getTracer: () => ({ startSpan: () => api.trace.wrapSpanContext(api.INVALID_SPAN_CONTEXT) }) });`,
  );
  const log = await callAfter(preload);
  return `${log}\n${(await runCli(["doctor"], { NODE_OPTIONS: `--import ${preload}` }, folder)).stdout}`;
});
