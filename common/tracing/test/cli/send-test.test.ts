import { startViewer, type Viewer } from "tracekeep-viewer";
import { afterEach, beforeEach, expect, test } from "vitest";
import { traceLink } from "../../src/cli/probe/trace-link.ts";
import { Dsn } from "../../src/config/dsn.ts";
import { runCli } from "./harness/run-cli.ts";

let viewer: Viewer;
beforeEach(async () => {
  viewer = await startViewer();
});
afterEach(() => viewer.close());

const settings = () => ({
  SENTRY_DSN: viewer.intake.dsn,
  TRACE_ENVIRONMENT: "staging",
  TRACE_SAMPLE_RATE: "0",
});

test.each(["otlp", "envelope"])(
  "the trace arrives whole, whatever the rate, and the link leads to it: %s",
  async (protocol) => {
    const env = { ...settings(), TRACE_EXPORT_PROTOCOL: protocol };
    const { code, stdout } = await runCli(["send-test", "--service", "ledger"], env);
    expect(code).toBe(0);
    const [trace] = viewer.intake.traces();
    expect(trace?.nodes.map(({ span, depth }) => [span.name, depth])).toEqual([
      ["tracekeep test", 0],
      ["test work", 1],
      ["test call", 2],
    ]);
    expect(trace).toMatchObject({ environment: "staging", services: ["ledger"], failed: false });
    expect(stdout).toContain(`trace ${trace?.traceId}\n`);
    expect(stdout).toContain(`${viewer.traceUrl(trace?.traceId ?? "")}\n`);
  },
);

test("with --error the trace has failed, and there is an error event of it", async () => {
  expect((await runCli(["send-test", "--error"], settings())).code).toBe(0);
  const [trace] = viewer.intake.traces();
  expect(trace?.failed).toBe(true);
  const [event] = viewer.intake.errors();
  expect(event?.trace?.traceId).toBe(trace?.traceId);
  expect(trace?.nodes.map(({ span }) => span.spanId)).toContain(event?.trace?.spanId);
});

test("what is not taken, or goes nowhere, is told, and is the exit code", async () => {
  viewer.intake.answerNext(403);
  const refused = await runCli(["send-test"], settings());
  expect(refused.code).toBe(1);
  expect(refused.stdout).toContain("not taken (status 403)");
  const nowhere = await runCli(["send-test"]);
  expect(nowhere).toMatchObject({ code: 1, stdout: expect.stringContaining("set SENTRY_DSN") });
  const faulty = await runCli(["send-test"], { TRACE_SAMPLE_RATE: "1%" });
  expect(faulty).toMatchObject({ code: 1, stdout: expect.stringContaining("TRACE_SAMPLE_RATE") });
  expect(viewer.intake.traces()).toEqual([]);
});

test.each([
  [
    "https://k@o1.ingest.de.sentry.io/42",
    "https://sentry.io/orgredirect/organizations/:orgslug/explore/traces/trace/abc/",
  ],
  ["https://k@sentry.example/base/42", "https://sentry.example/base: search for trace:abc"],
  [undefined, "search for trace:abc"],
])("a trace that was sent to %s is found at %s", async (dsn, link) => {
  expect(await traceLink(dsn === undefined ? undefined : Dsn.parse(dsn), "abc")).toBe(link);
});

test("with tracing off a service would send nothing, and neither does it", async () => {
  for (const off of [{ TRACING_ENABLED: "false" }, { OTEL_SDK_DISABLED: "true" }]) {
    const { code, stdout } = await runCli(["send-test"], { ...settings(), ...off });
    expect({ code, stdout }).toEqual({
      code: 1,
      stdout: "✗ tracing is off: set TRACING_ENABLED=true, and remove OTEL_SDK_DISABLED\n",
    });
  }
  expect(viewer.intake.traces()).toEqual([]);
});
