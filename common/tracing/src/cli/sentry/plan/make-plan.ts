import type { SentryClient } from "../api/client.ts";
import type { Settings } from "../settings/load.ts";
import { planAlerts } from "./alerts.ts";
import type { Change } from "./change.ts";
import { planEnvironments } from "./environments.ts";
import { ownedMonitors, planMonitors } from "./monitors.ts";
import { planOwnership } from "./ownership.ts";
import { teamsOf } from "./teams.ts";

export interface Plan {
  readonly organization: string;
  readonly project: string;
  readonly url: string;
  /** In the order in which they are to be made. */
  readonly changes: readonly Change[];
  /** Ours, not in the file, and left alone. */
  readonly surplus: readonly Change[];
  readonly notes: readonly string[];
  /** The ids of our monitors by their names. */
  readonly monitorIds: ReadonlyMap<string, string>;
}

/**
 * Compares the project with its file; changes nothing.
 * @param prune what is ours and no longer in the file is to be deleted
 * @throws ApiError, and TracekeepError INVALID_CONFIG for teams that the project does not have
 */
export async function makePlan(client: SentryClient, settings: Settings, prune: boolean): Promise<Plan> {
  const { file, organization, url } = settings;
  // First and alone: it tells best what is wrong with the token or the names.
  const project = await client.project();
  const teams = teamsOf(project, file);
  const found = await client.monitors(project.id);
  const owned = ownedMonitors({ project, found });
  const monitors = planMonitors({ project, wanted: file.monitors, found, teams });
  const alerts = planAlerts({
    project,
    wanted: file.alerts,
    found: await client.alerts(),
    monitors: file.monitors,
    ownedMonitors: owned,
    teams,
  });
  const ownership = planOwnership(file.ownership, await client.ownership());
  const environments = planEnvironments(file.environments, await client.environments());
  const parts = [environments, ownership, monitors, alerts];
  // An alert goes before the monitors that it watches.
  const surplus = parts.toReversed().flatMap((part) => part.surplus);
  return {
    organization,
    project: project.slug,
    url,
    changes: [...parts.flatMap((part) => part.changes), ...(prune ? surplus : [])],
    surplus: prune ? [] : surplus,
    notes: [
      ...(project.isDynamicallySampled === true ? [DYNAMIC_SAMPLING] : []),
      ...parts.flatMap((part) => part.notes ?? []),
    ],
    monitorIds: new Map(owned.toReversed().map(({ name, id }) => [name, id])),
  };
}

const DYNAMIC_SAMPLING =
  "Sentry samples this project once more (dynamic sampling), failed traces too: see docs/SENTRY_SETUP.md";
