import type { Exchange } from "./contract.ts";

type Json = Record<string, unknown>;

const ORGANIZATION = "acme";
const PROJECT = { id: "42", slug: "payments-production" };
const TEAMS = [
  { id: "1", slug: "platform", name: "Platform" },
  { id: "2", slug: "payments", name: "Payments" },
];
const NOW = "2026-01-15T23:46:39.594915Z";

/** One organization with one project, as Sentry would hold it; a new one has Sentry's own monitor and alert. */
export class SentryState {
  environments = [{ id: "7", name: "production", isHidden: false }];
  ownership = "";
  isDynamicallySampled = false;
  /** Whether a list is of what its query asks for. */
  heedsFilters = true;
  readonly detectors = new Map<string, Json>();
  readonly workflows = new Map<string, Json>();
  #lastId = 1000;

  /** What somebody made by hand, of the body of such a request; the result is its id. */
  addDetector(body: Json): string {
    const id = String(++this.#lastId);
    this.detectors.set(id, this.#detector(id, body));
    return id;
  }

  addWorkflow(body: Json): string {
    const id = String(++this.#lastId);
    this.workflows.set(id, this.#workflow(id, body));
    return id;
  }

  /** Undefined where there is no such thing. */
  handle({ method, path, query, body }: Exchange): { status: number; body?: unknown } | undefined {
    const { slug } = PROJECT;
    const project = `/api/0/projects/${ORGANIZATION}/${slug}/`;
    const organization = `/api/0/organizations/${ORGANIZATION}/`;
    const json = trimmed(body) as Json;
    const [kind, id = ""] = path.slice(organization.length).split("/");
    if (path === project) return { status: 200, body: this.#project() };
    if (path === `${project}environments/`) return { status: 200, body: this.environments };
    if (path.startsWith(`${project}environments/`)) return this.#setHidden(path.split("/").at(-2), json);
    if (path === `${project}ownership/`) {
      if (method === "PUT") this.ownership = String(json.raw);
      return { status: method === "PUT" ? 202 : 200, body: this.#ownership() };
    }
    if (!path.startsWith(organization)) return undefined;
    if (path === `${organization}projects/${slug}/detectors/`)
      return { status: 201, body: this.detectors.get(this.addDetector(json)) };
    if (path === `${organization}detectors/`)
      return {
        status: 200,
        body: [...this.detectors.values()].filter((each) => !this.heedsFilters || isWanted(each, query)),
      };
    if (path === `${organization}workflows/`) {
      return method === "POST"
        ? { status: 201, body: this.workflows.get(this.addWorkflow(json)) }
        : { status: 200, body: [...this.workflows.values()] };
    }
    const things = kind === "detectors" ? this.detectors : kind === "workflows" ? this.workflows : undefined;
    if (things?.has(id) !== true) return undefined;
    if (method === "DELETE") {
      things.delete(id);
      return { status: 204 };
    }
    things.set(id, kind === "detectors" ? this.#detector(id, json) : this.#workflow(id, json));
    return { status: 200, body: things.get(id) };
  }

  #project(): Json {
    return { ...PROJECT, name: "Payments", teams: TEAMS, isDynamicallySampled: this.isDynamicallySampled };
  }

  #setHidden(name: string | undefined, { isHidden }: Json): { status: number; body: unknown } | undefined {
    const found = this.environments.find((each) => each.name === name);
    if (found === undefined) return undefined;
    found.isHidden = isHidden === true;
    return { status: 200, body: found };
  }

  #ownership(): Json {
    return {
      raw: this.ownership,
      fallthrough: false,
      isActive: true,
      autoAssignment: "Auto Assign to Issue Owner",
      codeownersAutoSync: true,
      dateCreated: NOW,
      lastUpdated: NOW,
    };
  }

  #detector(id: string, { dataSources, conditionGroup, owner, ...rest }: Json): Json {
    const [type, ownerId] = String(owner ?? "").split(":");
    const team = TEAMS.find((each) => each.id === ownerId);
    return {
      projectId: PROJECT.id,
      description: null,
      enabled: true,
      config: {},
      workflowIds: [...this.workflows.values()]
        .filter(({ detectorIds }) => (detectorIds as string[]).includes(id))
        .map((workflow) => workflow.id),
      createdBy: null,
      dateCreated: NOW,
      dateUpdated: NOW,
      latestGroup: null,
      ...rest,
      id,
      owner: team === undefined ? null : { type, id: team.id, name: team.slug },
      conditionGroup: numbered(conditionGroup),
      dataSources:
        (dataSources as Json[] | undefined)?.map(({ queryType, ...snubaQuery }) => ({
          id: `${id}1`,
          organizationId: "1",
          type: "snuba_query_subscription",
          sourceId: `${id}2`,
          queryObj: {
            id: `${id}3`,
            status: 0,
            subscription: "1/1",
            snubaQuery: { id: `${id}4`, ...snubaQuery },
          },
        })) ?? null,
    };
  }

  #workflow(id: string, { detectorIds, triggers, actionFilters, ...rest }: Json): Json {
    return {
      organizationId: "1",
      enabled: true,
      environment: null,
      config: {},
      createdBy: null,
      dateCreated: NOW,
      dateUpdated: NOW,
      lastTriggered: null,
      owner: null,
      ...rest,
      id,
      detectorIds: (detectorIds as number[]).map(String),
      triggers: numbered(triggers),
      actionFilters: (actionFilters as Json[]).map(numbered),
    };
  }
}

/** As Django takes texts, wherever they stand. */
function trimmed(value: unknown): unknown {
  if (typeof value === "string") return value.trim();
  if (Array.isArray(value)) return value.map(trimmed);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, inside]) => [key, trimmed(inside)]));
}

function isWanted({ projectId, type }: Json, { project, query }: Exchange["query"]): boolean {
  const wanted = query?.match(/^type:(\w+)$/)?.[1];
  return (project === undefined || project === projectId) && (wanted === undefined || wanted === type);
}

/** Sentry gives ids to groups, conditions and actions. */
function numbered(group: unknown): Json | null {
  if (group === undefined || group === null) return null;
  const { conditions = [], actions = [], ...rest } = group as { conditions?: Json[]; actions?: Json[] };
  const withIds = (items: Json[]): Json[] => items.map((item, index) => ({ id: String(index + 1), ...item }));
  return {
    id: "1",
    organizationId: "1",
    conditions: withIds(conditions),
    actions: withIds(actions),
    ...rest,
  };
}
