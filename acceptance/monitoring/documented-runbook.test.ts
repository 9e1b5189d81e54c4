import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { stringify } from "yaml";
import { promtool } from "../../deploy/prometheus/testing/promtool.ts";
import { codeOf } from "../../scripts/markdown.ts";
import { hasPrometheus } from "../../scripts/say-what-is-left-out.ts";
import { alertRules } from "./harness/alert-rules.ts";
import { documentedEvents, documentedMetrics, documentedWarnings } from "./harness/document.ts";
import { histogramOf, metricsOf } from "./harness/promql.ts";

const textOf = (page: string) => readFile(join(import.meta.dirname, "../../docs", page), "utf8");
const runbook = await textOf("RUNBOOK.md");
const code = codeOf(runbook, ["sh"]).join("\n");
const EVENT = /\btracekeep(\.[a-z]+(_[a-z]+)*)+/g;
/** Each line of its blocks is a query. */
const QUERIES = Array.from(runbook.matchAll(/^ *```promql\n([\s\S]*?)^ *```$/gm), ([, block = ""]) => block)
  .flatMap((block) => block.trim().split("\n"))
  .map((line) => line.replace(/ +#.*/, "").trim());

test("the runbook has a section for each alert, and for no other", () => {
  const sections = Array.from(runbook.matchAll(/^### (Tracekeep\w+)$/gm), ([, name]) => name);
  const alerts = alertRules().map(({ alert }) => alert);
  expect(sections.sort()).toEqual(alerts.sort());
});

test("its queries read metrics that the document of metrics names", () => {
  const documented = new Set(documentedMetrics().map(({ name }) => name));
  expect(QUERIES.length).toBeGreaterThan(20);
  for (const query of QUERIES) {
    const metrics = metricsOf(query);
    expect(metrics, query).not.toHaveLength(0);
    expect(
      metrics.filter((name) => !documented.has(name) && !documented.has(histogramOf(name))),
      query,
    ).toEqual([]);
  }
});

test("what else it names of metrics, labels and log events stands in that document, too", async () => {
  // An attribute becomes a label with underscores.
  const known = new Set((await textOf("MONITORING.md")).replaceAll(".", "_").match(/\w+/g));
  const labels = QUERIES.join("\n").match(/\b(tracekeep|otel|rpc|service|server|error)_\w+/g) ?? [];
  const named = code.match(/\b(tracekeep|otel|rpc|http|process|v8js|nodejs)_[a-z0-9_]*[a-z0-9]\b/g) ?? [];
  expect(named.length).toBeGreaterThan(10);
  const unknown = [...named, ...labels].filter((name) => !known.has(name) && !known.has(histogramOf(name)));
  expect(unknown).toEqual([]);
  const events = new Set([...documentedEvents().keys(), ...documentedWarnings()]);
  const attributes = new Set((await textOf("KEEPING.md")).match(EVENT));
  const mentioned = code.match(EVENT) ?? [];
  expect(mentioned.length).toBeGreaterThan(10);
  expect(mentioned.filter((name) => !events.has(name) && !attributes.has(name))).toEqual([]);
});

test.skipIf(!hasPrometheus)("Prometheus can read its queries", async () => {
  const folder = await mkdtemp(join(tmpdir(), "tracekeep-runbook-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, "rules.yml");
  const rules = QUERIES.map((expr, index) => ({ record: `runbook:query:${index}`, expr }));
  await writeFile(file, stringify({ groups: [{ name: "runbook", rules }] }));
  expect(await promtool("check", "rules", file)).toContain(`${QUERIES.length} rules found`);
});
