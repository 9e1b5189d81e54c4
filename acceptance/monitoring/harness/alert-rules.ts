import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

/** Prometheus's files. */
export const PROMETHEUS = join(import.meta.dirname, "../../../deploy/prometheus");

export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: {
    readonly summary: string;
    readonly description: string;
    readonly runbook_url: string;
  };
}

/** The alerts of deploy/prometheus. */
export function alertRules(): AlertRule[] {
  const { groups } = parse(readFileSync(join(PROMETHEUS, "alerts.yml"), "utf8"));
  return groups.flatMap(({ rules }: { rules: AlertRule[] }) => rules);
}
