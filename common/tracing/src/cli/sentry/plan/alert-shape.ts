import type { AlertAnswer } from "../api/answers.ts";
import { type AlertSetting, PAUSE_MINUTES } from "../settings/schema.ts";
import type { Described } from "./change.ts";
import type { Teams } from "./teams.ts";

/** A monitor's issue is told of when it is new, and when it comes back. */
const TRIGGERS = ["first_seen_event", "reappeared_event", "regression_event"];

export interface AlertBodyInput {
  readonly name: string;
  readonly setting: AlertSetting;
  readonly monitorIds: readonly string[];
  readonly teams: Teams;
}

/** What is sent for an alert. */
export function alertBody({ name, setting, monitorIds, teams }: AlertBodyInput): object {
  return {
    name,
    enabled: true,
    environment: null,
    config: { frequency: PAUSE_MINUTES[setting.every] },
    detectorIds: monitorIds.map(Number),
    triggers: {
      logicType: "any-short",
      conditions: TRIGGERS.map((type) => ({ type, comparison: true, conditionResult: true })),
    },
    actionFilters: [
      {
        logicType: "all",
        conditions: [],
        actions: setting.notify.map((who) => ({
          type: "email",
          integrationId: null,
          data: who === "owners" ? { fallthroughType: "ActiveMembers" } : {},
          config: {
            targetType: who === "owners" ? "issue_owners" : "team",
            targetDisplay: null,
            targetIdentifier: who === "owners" ? "" : teams.idOf(who),
          },
          status: "active",
        })),
      },
    ],
  };
}

/** @param monitors the names of those that it watches */
export function describeSetting(setting: AlertSetting, monitors: readonly string[]): Described {
  return {
    monitors: list(monitors),
    when: list(TRIGGERS),
    "tells by e-mail": list(setting.notify.map((who) => (who === "owners" ? "the owners" : `team ${who}`))),
    "at most every": setting.every,
    environment: "all",
    enabled: "yes",
  };
}

/** The same of what Sentry has. @param nameOf a monitor's name by its id */
export function describeAnswer(answer: AlertAnswer, nameOf: (id: string) => string, teams: Teams): Described {
  const filters = answer.actionFilters ?? [];
  const conditions = filters.flatMap((filter) => filter.conditions);
  const minutes = answer.config.frequency ?? 0;
  const [pause] = Object.entries(PAUSE_MINUTES).find(([, value]) => value === minutes) ?? [];
  return {
    monitors: list((answer.detectorIds ?? []).map(nameOf)),
    when: list((answer.triggers?.conditions ?? []).map(({ type }) => type)),
    "tells by e-mail": list(
      filters
        .flatMap(({ actions }) => actions)
        .map(({ type, config }) => {
          const { targetType, targetIdentifier } = config;
          const who =
            targetType === "issue_owners"
              ? "the owners"
              : teams.nameOf(targetType ?? "", targetIdentifier ?? "");
          return type === "email" ? who : `${type}: ${who}`;
        }),
    ),
    "at most every": pause ?? `${minutes} min`,
    environment: answer.environment ?? "all",
    enabled: answer.enabled ? "yes" : "no",
    ...(conditions.length === 0 ? {} : { "only if": list(conditions.map(({ type }) => type)) }),
  };
}

/** The order means nothing. */
function list(items: readonly string[]): string {
  return items.toSorted().join(", ") || "none";
}
