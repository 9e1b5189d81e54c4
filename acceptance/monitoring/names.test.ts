import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ServiceProcess } from "@tracekeep/service/testing";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { arrived, mainOf, openAccount, type Stack, startStack } from "../harness/stack.ts";
import { documentedEvents, documentedMetrics, documentedWarnings } from "./harness/document.ts";
import { metricsIn, sampleOf, scrape } from "./harness/scrape.ts";

type LogLine = ServiceProcess["lines"][number];

const LIMIT = { timeout: 20_000, interval: 50 };

let spool: string;
let stack: Stack;
let services: readonly ServiceProcess[];
let pages: readonly string[];
let lines: readonly LogLine[];

function logged(): LogLine[] {
  return services.flatMap((service) => service.lines);
}

async function untilLogged(event: string): Promise<void> {
  await vi.waitFor(() => expect(logged().map((line) => line.event)).toContain(event), LIMIT);
}

/** A service's log when its configuration cannot be used. */
async function refusedStart(): Promise<LogLine[]> {
  const { PATH } = process.env;
  const env = { PATH, READ_ENV_FILES: "false", PORT: "0", TRACE_SAMPLE_RATE: "1%" };
  const stdout = await new Promise<string>((resolve) => {
    execFile(process.execPath, [mainOf("ledger")], { env }, (_, output) => resolve(output));
  });
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as LogLine);
}

beforeAll(async () => {
  spool = await mkdtemp(join(tmpdir(), "tracekeep-spool-"));
  stack = await startStack(
    { METRICS_PORT: "0", TRACE_SPOOL_DIR: spool, TRACE_SAMPEL_RATE: "1" },
    // The sampling of single traces is said at debug.
    () => ({ LOG_LEVEL: "debug" }),
  );
  const { intake, gateway, payroll, ledger, treasury } = stack;
  services = [gateway, payroll, ledger, treasury];
  await arrived(intake, (await openAccount(gateway)).traceId);
  intake.answer = { status: 503 };
  const failed = await openAccount(gateway, { institution: "DOWNBANK" });
  await untilLogged("tracekeep.destination.down");
  intake.answer = { status: 502 };
  await untilLogged("tracekeep.export.failed");
  intake.answer = { status: 200 };
  await untilLogged("tracekeep.destination.up");
  await intake.until(
    () => intake.spans.some(({ traceId }) => traceId === failed.traceId),
    "the failed trace",
  );
  pages = await Promise.all(services.map(scrape));
  expect(await stack.stop()).toEqual([0, 0, 0, 0]);
  lines = [...logged(), ...(await refusedStart())];
}, 90_000);

afterAll(() => rm(spool, { recursive: true, force: true }));

test("the services serve the metrics that the document names, each of its kind and in its unit, and no other", () => {
  const served = new Map(pages.flatMap(metricsIn).map((metric) => [metric.name, metric]));
  const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);
  expect([...served.values()].sort(byName)).toEqual(documentedMetrics().sort(byName));
});

test("every series has a value, and says which service it is of", () => {
  for (const [index, name] of ["gateway", "payroll", "ledger", "treasury"].entries()) {
    const series = pages[index]?.split("\n").filter((line) => line !== "" && !line.startsWith("#")) ?? [];
    expect(series.length).toBeGreaterThan(80);
    for (const line of series) expect(line).toMatch(new RegExp(`service_name="${name}".*} [\\d.e+-]+$`));
  }
});

test("what happened is in the numbers", () => {
  const [gateway = "", , ledger = "", treasury = ""] = pages;
  const total = (name: string, ...labels: string[]) =>
    pages.reduce((sum, page) => sum + (sampleOf(page, name, ...labels) ?? 0), 0);
  expect(sampleOf(treasury, "tracekeep_trace_kept_total", 'origin="local"', 'reason="error"')).toBe(1);
  expect(sampleOf(gateway, "tracekeep_sampling_decision_total", "RECORD_AND_SAMPLE")).toBe(2);
  expect(sampleOf(gateway, "tracekeep_sampling_rate_actual")).toBe(1);
  expect(total("tracekeep_export_error_total", 'error_type="503"')).toBeGreaterThan(0);
  expect(total("tracekeep_export_error_total", 'error_type="502"')).toBeGreaterThan(0);
  expect(total("tracekeep_export_batch_total", 'outcome="retried"')).toBeGreaterThan(1);
  expect(sampleOf(treasury, "tracekeep_error_event_total", 'outcome="failed"')).toBe(1);
  expect(sampleOf(ledger, "rpc_server_call_duration_count", "CreateAccount", '"UNAVAILABLE"')).toBe(1);
  expect(sampleOf(ledger, "rpc_server_call_duration_count", "CreateAccount", '"OK"')).toBe(1);
  expect(sampleOf(gateway, "http_server_request_duration_count", '"/accounts"', 'error_type="503"')).toBe(1);
  expect(sampleOf(gateway, "tracekeep_config_warnings")).toBe(1);
});

test("the services log the events that the document names, at their levels, and no other", () => {
  const seen = new Map(lines.flatMap(({ event, level }) => (event === undefined ? [] : [[event, level]])));
  const warnings = documentedWarnings();
  expect(warnings.length).toBeGreaterThan(5);
  for (const name of warnings) seen.delete(name);
  expect(Object.fromEntries(seen)).toEqual(Object.fromEntries(documentedEvents()));
});

test("neither metrics nor logs have a secret or, in metrics, a trace's id", () => {
  expect(pages.join("")).not.toMatch(/publickey|[0-9a-f]{32}/);
  expect(JSON.stringify(lines)).not.toContain("publickey");
});
