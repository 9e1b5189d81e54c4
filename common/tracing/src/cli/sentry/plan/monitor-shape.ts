import type { MonitorAnswer } from "../api/answers.ts";
import { type MonitorSetting, WINDOW_SECONDS } from "../settings/schema.ts";
import { type Described, OWNED } from "./change.ts";
import type { Teams } from "./teams.ts";

const PRIORITIES: Readonly<Record<string, number>> = { high: 75, medium: 50 };
const RESOLVED = 0;
const AGGREGATES = {
  failure_rate: "failure_rate()",
  p50: "p50(span.duration)",
  p75: "p75(span.duration)",
  p95: "p95(span.duration)",
  p99: "p99(span.duration)",
} as const;

/**
 * What is sent for a monitor. Rates are fractions of 1 and durations milliseconds, as the aggregates are. Spans
 * count with the weights that they bring: else all kept failures would stand beside one in a hundred successes.
 */
export function monitorBody(setting: MonitorSetting, teams: Teams): object {
  const threshold = thresholdOf(setting.above);
  return {
    name: OWNED + setting.name,
    type: "metric_issue",
    description: setting.description || null,
    enabled: true,
    owner: setting.team === undefined ? null : `team:${teams.idOf(setting.team)}`,
    config: { detectionType: "static" },
    dataSources: [
      {
        queryType: 1,
        dataset: "events_analytics_platform",
        eventTypes: ["trace_item_span"],
        aggregate: AGGREGATES[setting.measure],
        query: setting.spans,
        timeWindow: WINDOW_SECONDS[setting.window],
        environment: setting.environment ?? null,
        extrapolationMode: "client_and_server_weighted",
      },
    ],
    conditionGroup: {
      logicType: "any",
      conditions: [
        { type: "gt", comparison: threshold, conditionResult: PRIORITIES[setting.priority] },
        { type: "lte", comparison: threshold, conditionResult: RESOLVED },
      ],
    },
  };
}

export function describeSetting(setting: MonitorSetting): Described {
  const aggregate = AGGREGATES[setting.measure];
  const threshold = shown(thresholdOf(setting.above), aggregate);
  return {
    measure: aggregate,
    spans: setting.spans,
    "makes an issue": `above ${threshold}, priority ${setting.priority}`,
    "resolves it": `at ${threshold} or below`,
    window: setting.window,
    environment: setting.environment ?? "all",
    owner: setting.team === undefined ? "none" : `team ${setting.team}`,
    description: setting.description || "none",
    enabled: "yes",
    kind: "spans, threshold",
    weights: "client_and_server_weighted",
  };
}

/** The same of what Sentry has, whatever was made of it by hand. */
export function describeAnswer(answer: MonitorAnswer, teams: Teams): Described {
  const queries = (answer.dataSources ?? []).flatMap(({ queryObj }) => queryObj?.snubaQuery ?? []);
  const [query] = queries;
  const aggregate = query?.aggregate ?? "";
  const conditions = answer.conditionGroup?.conditions ?? [];
  const [resolving, raising] = [true, false].map((wanted) =>
    conditions.filter(({ conditionResult }) => (conditionResult === RESOLVED) === wanted),
  );
  const source = `${query?.dataset} ${query?.eventTypes.join(" ")}`;
  const isOurs = queries.length === 1 && source === "events_analytics_platform trace_item_span";
  return {
    measure: aggregate,
    spans: query?.query ?? "",
    "makes an issue": joined(raising, ({ type, comparison, conditionResult }) => {
      const [priority] = Object.entries(PRIORITIES).find(([, value]) => value === conditionResult) ?? [];
      return `${words(type)} ${shown(comparison, aggregate)}, priority ${priority ?? String(conditionResult)}`;
    }),
    "resolves it": joined(resolving, ({ type, comparison }) =>
      type === "lte"
        ? `at ${shown(comparison, aggregate)} or below`
        : `${words(type)} ${shown(comparison, aggregate)}`,
    ),
    window: windowName(query?.timeWindow ?? 0),
    environment: query?.environment ?? "all",
    owner: answer.owner ? teams.nameOf(answer.owner.type, answer.owner.id) : "none",
    description: answer.description || "none",
    enabled: answer.enabled ? "yes" : "no",
    kind: `${isOurs ? "spans" : source}, ${answer.config.detectionType === "static" ? "threshold" : answer.config.detectionType}`,
    weights: query?.extrapolationMode ?? "unknown",
  };
}

function joined<T>(items: readonly T[] | undefined, text: (item: T) => string): string {
  return items === undefined || items.length === 0 ? "never" : items.map(text).join("; ");
}

function words(type: string): string {
  return { gt: "above", gte: "at or above", lt: "below" }[type] ?? type;
}

function windowName(seconds: number): string {
  const [name] = Object.entries(WINDOW_SECONDS).find(([, value]) => value === seconds) ?? [];
  return name ?? `${seconds} s`;
}

/** `1%` is 0.01, `1s` is 1000. */
function thresholdOf(above: string): number {
  const value = Number.parseFloat(above);
  if (above.endsWith("%")) return Number(`${value}e-2`);
  return above.endsWith("ms") ? value : Number(`${value}e3`);
}

function shown(value: unknown, aggregate: string): string {
  if (typeof value !== "number") return JSON.stringify(value) ?? "nothing";
  return aggregate === AGGREGATES.failure_rate ? `${Number(`${value}e2`)} %` : `${value} ms`;
}
