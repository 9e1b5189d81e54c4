import { expect, test } from "vitest";
import { alertRules } from "./harness/alert-rules.ts";
import { panelQueries } from "./harness/dashboard.ts";
import { documentedAlerts, documentedMetrics } from "./harness/document.ts";
import { histogramOf, metricsOf } from "./harness/promql.ts";

/** Prometheus's own: whether a target answered. */
const ITS_OWN = "up";
/** Tells of how old a process is. */
const AGE = "process_uptime";
/** The folder of the documents, where the operator says. */
const DOCS = '{{ or $externalLabels.tracekeep_docs "docs" }}/';

test("the document names the alerts that there are, each with its page in the runbook", () => {
  const links = alertRules().map(({ alert, annotations }) => ({
    name: alert,
    runbook: annotations.runbook_url.replace(DOCS, ""),
  }));
  expect(links.length).toBeGreaterThan(7);
  expect(documentedAlerts()).toEqual(links);
  for (const { name, runbook } of links) expect(runbook).toBe(`RUNBOOK.md#${name.toLowerCase()}`);
});

test("each alert says how grave it is, what it is about, and with which value", () => {
  for (const { labels, annotations } of alertRules()) {
    expect(["critical", "warning"]).toContain(labels.severity);
    expect(annotations.summary).toMatch(/\$labels\.(service_name|job)/);
    expect(annotations.description).toMatch(/\$value/);
  }
});

test.each([
  ["Spans lost", "TracekeepSpansDropped"],
  ["Error events lost", "TracekeepIssuesLost"],
  ["Failed traces left out", "TracekeepStormLimited"],
  ["Starts anew", "TracekeepCrashLoop"],
])("the number %s counts what %s counts", (title, name) => {
  const rule = alertRules().find(({ alert }) => alert === name);
  const panel = panelQueries().find((query) => query.name === `${title}, A`);
  const counted = (expression = "") => {
    const metrics = metricsOf(expression).filter((metric) => name === "TracekeepCrashLoop" || metric !== AGE);
    return new Set([...metrics, ...(expression.match(/tracekeep_outcome=~"[^"]*"/g) ?? [])]);
  };
  expect(counted(panel?.expression)).toEqual(counted(rule?.expr));
  expect(counted(rule?.expr).size).toBeGreaterThan(0);
});

test("alerts and dashboard read metrics that the document names, and no others", () => {
  const documented = new Set([ITS_OWN, ...documentedMetrics().map(({ name }) => name)]);
  const expressions = [
    ...alertRules().map(({ alert, expr }) => ({ name: alert, expression: expr })),
    ...panelQueries(),
  ];
  for (const { name, expression } of expressions) {
    const metrics = metricsOf(expression);
    expect(metrics, name).not.toHaveLength(0);
    const unknown = metrics.filter(
      (metric) => !documented.has(metric) && !documented.has(histogramOf(metric)),
    );
    expect(unknown, name).toEqual([]);
  }
});
