import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ServiceProcess } from "@tracekeep/service/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Stack, startStack } from "../harness/stack.ts";
import { alertRules } from "./harness/alert-rules.ts";
import { filledIn, panelQueries } from "./harness/dashboard.ts";
import { startPrometheus, type TestPrometheus } from "./harness/prometheus.ts";
import { selectorsOf } from "./harness/promql.ts";
import { keepBusy } from "./harness/traffic.ts";

const LIMIT = { timeout: 60_000, interval: 250 };
/** Those that send spans while accounts are opened. */
const BUSY = ["gateway", "ledger", "treasury"];

let stack: Stack;
let prometheus: TestPrometheus;
/** What ends what has begun, the last first. */
const endings: (() => Promise<unknown>)[] = [];

async function metricsAddress(service: ServiceProcess): Promise<string> {
  const { url } = await service.line("metrics are served");
  return new URL(String(url)).host;
}

/** The services that an alert fires for. */
async function firingFor(alert: string): Promise<string[]> {
  const services = (await prometheus.firing(alert)).map((labels) => labels.service_name ?? labels.job ?? "");
  return [...new Set(services)].sort();
}

beforeAll(async () => {
  const spool = await mkdtemp(join(tmpdir(), "tracekeep-spool-"));
  endings.push(() => rm(spool, { recursive: true, force: true }));
  stack = await startStack({ METRICS_PORT: "0", TRACE_SPOOL_DIR: spool });
  endings.push(() => stack.stop());
  const { gateway, ledger, payroll, treasury } = stack;
  prometheus = await startPrometheus({
    gateway: await metricsAddress(gateway),
    ledger: await metricsAddress(ledger),
    payroll: await metricsAddress(payroll),
    treasury: await metricsAddress(treasury),
  });
  endings.push(() => prometheus.stop());
  endings.push(keepBusy(gateway));
});

afterAll(async () => {
  for (const end of endings.toReversed()) await end();
});

test("every query of the dashboard has data, and no alert is even pending while all is well", async () => {
  const queries = panelQueries();
  expect(queries.length).toBeGreaterThan(30);
  const withoutData = async () => {
    const values = await Promise.all(queries.map(({ expression }) => prometheus.query(filledIn(expression))));
    return queries.filter((_, index) => !values[index]?.some(Number.isFinite)).map(({ name }) => name);
  };
  await expect.poll(withoutData, LIMIT).toEqual([]);
  const inactive = Object.fromEntries(alertRules().map(({ alert }) => [alert, "inactive"]));
  await expect.poll(() => prometheus.states(), LIMIT).toEqual(inactive);
}, 90_000);

test("every series that an alert reads is there while all is well: a misspelt one would never fire", async () => {
  const selectors = [...new Set(alertRules().flatMap(({ expr }) => selectorsOf(expr)))];
  expect(selectors.length).toBeGreaterThan(15);
  const missing = async () => {
    const values = await Promise.all(selectors.map((selector) => prometheus.query(selector)));
    return selectors.filter((_, index) => values[index]?.length === 0);
  };
  await expect.poll(missing, LIMIT).toEqual([]);
}, 90_000);

test("an alert fires while Sentry takes spans, but no error events, and no other does", async () => {
  stack.intake.answer = { status: 200, headers: { "x-sentry-rate-limits": "60:error:key" } };
  // What the treasury cannot report, its callers try to.
  await expect.poll(() => firingFor("TracekeepIssuesLost"), LIMIT).toEqual(BUSY);
  const firing = Object.entries(await prometheus.states()).filter(([, state]) => state === "firing");
  expect(firing).toEqual([["TracekeepIssuesLost", "firing"]]);
}, 90_000);

test("alerts fire while Sentry takes nothing and a service is gone, and end when Sentry is back", async () => {
  // The pause is Sentry's to choose; otherwise it would grow beyond the windows of a faster time.
  stack.intake.answer = { status: 503, headers: { "retry-after": "1" } };
  const payroll = await metricsAddress(stack.payroll);
  await stack.payroll.stop();
  await expect.poll(() => firingFor("TracekeepSentryUnreachable"), LIMIT).toEqual(BUSY);
  await expect.poll(() => firingFor("TracekeepExportFailures"), LIMIT).toEqual(BUSY);
  await expect
    .poll(() => prometheus.firing("TracekeepServiceAbsent"), LIMIT)
    .toMatchObject([{ job: "payroll", instance: payroll, severity: "critical" }]);
  expect(await firingFor("TracekeepSpansDropped")).toEqual([]);

  // What is refused for good is lost.
  stack.intake.answer = { status: 403 };
  await expect.poll(() => firingFor("TracekeepSpansDropped"), LIMIT).toEqual(BUSY);

  stack.intake.answer = { status: 200 };
  await expect.poll(() => firingFor("TracekeepSentryUnreachable"), LIMIT).toEqual([]);
}, 180_000);
