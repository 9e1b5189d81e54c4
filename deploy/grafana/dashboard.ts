import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
  VariableSort,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { buildPanel, DATA_SOURCE, type Row } from "./panel.ts";
import { AT_A_GLANCE } from "./panels/at-a-glance.ts";
import { COST } from "./panels/cost.ts";
import { EXPORT } from "./panels/export.ts";
import { SERVICES } from "./panels/services.ts";
import { TRACES } from "./panels/traces.ts";

const ROWS: readonly Row[] = [AT_A_GLANCE, TRACES, EXPORT, COST, SERVICES];

/** The dashboard as Grafana reads it. */
export function buildDashboard(): Dashboard {
  const dashboard = new DashboardBuilder("Tracekeep")
    .uid("tracekeep")
    .description("Tracing itself, and the services that it traces. Metrics and alerts: docs/MONITORING.md.")
    .tags(["tracekeep"])
    .timezone("browser")
    .refresh("30s")
    .time({ from: "now-1h", to: "now" })
    .tooltip(DashboardCursorSync.Crosshair)
    .withVariable(new DatasourceVariableBuilder("datasource").label("Data source").type("prometheus"))
    .withVariable(choice("environment", "Environment", "target_info", "deployment_environment_name"))
    .withVariable(
      choice(
        "service",
        "Service",
        'target_info{deployment_environment_name=~"$environment"}',
        "service_name",
      ),
    );
  let id = 0;
  for (const { title, panels } of ROWS) {
    dashboard.withRow(new RowBuilder(title).id(++id));
    for (const panel of panels) dashboard.withPanel(buildPanel(panel, ++id));
  }
  return dashboard.build();
}

/** A list at the top, of all values that a label has; all are chosen at first. */
function choice(name: string, title: string, series: string, label: string): QueryVariableBuilder {
  return new QueryVariableBuilder(name)
    .label(title)
    .datasource(DATA_SOURCE)
    .query(`label_values(${series}, ${label})`)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .allValue(".*")
    .current({ selected: true, text: "All", value: "$__all" });
}
