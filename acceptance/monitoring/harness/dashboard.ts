import { readFileSync } from "node:fs";
import { join } from "node:path";

const FILE = join(import.meta.dirname, "../../../deploy/grafana/dashboards/tracekeep.json");

interface Panel {
  readonly type: string;
  readonly title: string;
  readonly targets?: readonly { readonly refId: string; readonly expr: string }[];
}

export interface PanelQuery {
  /** The panel's title, and which of its queries it is. */
  readonly name: string;
  readonly expression: string;
}

/** All queries of the dashboard. */
export function panelQueries(): PanelQuery[] {
  const { panels }: { panels: Panel[] } = JSON.parse(readFileSync(FILE, "utf8"));
  return panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ refId, expr }) => ({ name: `${title}, ${refId}`, expression: expr })),
  );
}

/** A query as Grafana sends it, with all environments and services chosen. */
export function filledIn(expression: string): string {
  return expression
    .replaceAll("$__rate_interval", "30s")
    .replaceAll("$__range", "60s")
    .replaceAll(/\$(environment|service)\b/g, ".*");
}
