import {
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  SortOrder,
  TooltipDisplayMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from "@grafana/grafana-foundation-sdk/common";
import { ThresholdsConfigBuilder, ThresholdsMode } from "@grafana/grafana-foundation-sdk/dashboard";
import { DataqueryBuilder } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder as StatBuilder } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as TimeseriesBuilder } from "@grafana/grafana-foundation-sdk/timeseries";

/** A panel of the dashboard. */
export interface Panel {
  readonly title: string;
  /** What it tells, and when to worry. */
  readonly description: string;
  /** As Grafana names units: `short`, `percentunit` (of 1), `s`, `bytes`, `cps` (a second). */
  readonly unit: string;
  readonly queries: readonly Query[];
  /** What is red, as its alert has it. */
  readonly limit?: Limit;
  /** `number` shows the latest value alone; the default is a curve. */
  readonly shows?: "number";
}

type Limit = { readonly above: number } | { readonly below: number };

/** A query, and what its series are called; labels stand in double braces. */
export type Query = readonly [expression: string, legend: string];

/** Panels under a heading. */
export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

/** Grafana's name of the data source that is chosen at the top. */
export const DATA_SOURCE = { type: "prometheus", uid: "$datasource" };

/** Matches the environments and services that are chosen at the top. */
const CHOSEN = 'deployment_environment_name=~"$environment", service_name=~"$service"';

/** Of the spool's spans: the others that it could not keep count as dropped anyway. */
export const LOST_IN_SPOOL = 'tracekeep_outcome=~"expired|refused"';

/** A metric's series of what is chosen, with further matchers. */
export function chosen(metric: string, ...matchers: readonly string[]): string {
  return `${metric}{${[CHOSEN, ...matchers].join(", ")}}`;
}

/** How much a counter grows in a second, over a window that fits the curve. */
export function rate(metric: string, ...matchers: readonly string[]): string {
  return `rate(${chosen(metric, ...matchers)}[$__rate_interval])`;
}

/** Of a histogram's calls in the window. */
export function quantile(share: number, histogram: string, by: string): string {
  return `histogram_quantile(${share}, sum by (le, ${by}) (${rate(`${histogram}_bucket`)}))`;
}

/** As Grafana's own types have it. */
export function buildPanel(panel: Panel, id: number): StatBuilder | TimeseriesBuilder {
  const { shows, title, description, unit, limit, queries } = panel;
  const builder = shows === "number" ? latest() : curve(limit);
  builder.id(id).title(title).description(description).unit(unit).datasource(DATA_SOURCE);
  builder.thresholds(colours(limit));
  for (const [index, [expression, legend]] of queries.entries())
    builder.withTarget(target(expression, legend, index));
  return builder;
}

function latest(): StatBuilder {
  const reduce = new ReduceDataOptionsBuilder().calcs(["lastNotNull"]);
  return new StatBuilder().span(6).height(4).reduceOptions(reduce);
}

function curve(limit: Limit | undefined): TimeseriesBuilder {
  const legend = new VizLegendOptionsBuilder().showLegend(true);
  const tooltip = new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending);
  const builder = new TimeseriesBuilder()
    .span(12)
    .height(8)
    .min(0)
    .legend(legend.displayMode(LegendDisplayMode.List).placement(LegendPlacement.Bottom))
    .tooltip(tooltip);
  if (limit === undefined) return builder;
  return builder.thresholdsStyle(
    new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed),
  );
}

/** Without any, Grafana paints red what is above 80. */
function colours(limit: Limit | undefined): ThresholdsConfigBuilder {
  const builder = new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute);
  if (limit === undefined) return builder.steps([{ value: null, color: "blue" }]);
  const [least, value, beyond] =
    "above" in limit ? (["green", limit.above, "red"] as const) : (["red", limit.below, "green"] as const);
  return builder.steps([
    { value: null, color: least },
    { value, color: beyond },
  ]);
}

function target(expression: string, legend: string, index: number): DataqueryBuilder {
  return new DataqueryBuilder()
    .refId(String.fromCharCode(65 + index))
    .expr(expression)
    .legendFormat(legend)
    .range()
    .datasource(DATA_SOURCE);
}
