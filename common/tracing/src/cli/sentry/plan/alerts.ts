import type { AlertAnswer, MonitorAnswer } from "../api/answers.ts";
import type { AlertSetting, MonitorSetting } from "../settings/schema.ts";
import { alertBody, describeAnswer, describeSetting } from "./alert-shape.ts";
import { type Change, differences, firstOfEachName, OWNED, type Part, surplusOf } from "./change.ts";
import type { Teams } from "./teams.ts";

export interface AlertsInput {
  readonly project: { readonly slug: string };
  readonly wanted: readonly AlertSetting[];
  readonly found: readonly AlertAnswer[];
  readonly monitors: readonly MonitorSetting[];
  readonly ownedMonitors: readonly MonitorAnswer[];
  readonly teams: Teams;
}

/** An alert belongs to the organization, so its name says of which project it is. */
export function planAlerts(input: AlertsInput): Part {
  const { project, wanted, found, monitors, ownedMonitors, teams } = input;
  const ending = ` (${project.slug})`;
  const owned = found.filter(({ name }) => name.startsWith(OWNED) && name.endsWith(ending));
  const kept = firstOfEachName(owned);
  const nameOf = (id: string): string =>
    ownedMonitors.find((monitor) => monitor.id === id)?.name ?? `number ${id}`;
  const nameFor = ({ name }: AlertSetting): string => OWNED + name + ending;
  const names = new Set(wanted.map(nameFor));
  const changes = wanted.flatMap((setting): Change[] => {
    const name = nameFor(setting);
    const now = kept.get(name);
    const watchedNames = setting.monitors ?? monitors.map((monitor) => monitor.name);
    const watched = watchedNames.map((each) => OWNED + each);
    const fields = differences(
      now === undefined ? {} : describeAnswer(now, nameOf, teams),
      describeSetting(setting, watched),
    );
    if (fields.length === 0) return [];
    return [
      {
        action: now === undefined ? "create" : "update",
        kind: "alert",
        name,
        fields,
        async make(client, made) {
          const monitorIds = watched.flatMap((each) => made.get(each) ?? []);
          const body = alertBody({ name, setting, monitorIds, teams });
          if (now === undefined) await client.createAlert(body);
          else await client.updateAlert(now.id, body);
        },
      },
    ];
  });
  const isKept = (alert: AlertAnswer) => names.has(alert.name) && kept.get(alert.name) === alert;
  const remove: Parameters<typeof surplusOf>[3] = (client, id) => client.deleteAlert(id);
  return { changes, surplus: surplusOf("alert", owned, isKept, remove) };
}
