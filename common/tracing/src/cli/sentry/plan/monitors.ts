import type { MonitorAnswer } from "../api/answers.ts";
import type { MonitorSetting } from "../settings/schema.ts";
import { type Change, differences, firstOfEachName, OWNED, type Part, surplusOf } from "./change.ts";
import { describeAnswer, describeSetting, monitorBody } from "./monitor-shape.ts";
import type { Teams } from "./teams.ts";

export interface MonitorsInput {
  readonly project: { readonly id: string; readonly slug: string };
  readonly wanted: readonly MonitorSetting[];
  readonly found: readonly MonitorAnswer[];
  readonly teams: Teams;
}

/** Monitors are matched by name; of two with one name the second is surplus. */
export function planMonitors(input: MonitorsInput): Part {
  const { project, wanted, teams } = input;
  const owned = ownedMonitors(input);
  const kept = firstOfEachName(owned);
  const names = new Set(wanted.map(({ name }) => OWNED + name));
  const changes = wanted.flatMap((setting): Change[] => {
    const name = OWNED + setting.name;
    const now = kept.get(name);
    const fields = differences(now === undefined ? {} : describeAnswer(now, teams), describeSetting(setting));
    if (fields.length === 0) return [];
    const body = monitorBody(setting, teams);
    return [
      {
        action: now === undefined ? "create" : "update",
        kind: "monitor",
        name,
        fields,
        async make(client, made) {
          if (now === undefined) made.set(name, await client.createMonitor(project.slug, body));
          else await client.updateMonitor(now.id, body);
        },
      },
    ];
  });
  const isKept = (monitor: MonitorAnswer) => names.has(monitor.name) && kept.get(monitor.name) === monitor;
  const remove: Parameters<typeof surplusOf>[3] = (client, id) => client.deleteMonitor(id);
  return { changes, surplus: surplusOf("monitor", owned, isKept, remove) };
}

/** Those of the project that bear our name. */
export function ownedMonitors({ project, found }: Pick<MonitorsInput, "project" | "found">): MonitorAnswer[] {
  return found.filter(({ name, projectId }) => projectId === project.id && name.startsWith(OWNED));
}
