import { z } from "zod";
import {
  type AlertAnswer,
  alertAnswer,
  type EnvironmentAnswer,
  environmentAnswer,
  type MonitorAnswer,
  monitorAnswer,
  ownershipAnswer,
  type ProjectAnswer,
  projectAnswer,
} from "./answers.ts";
import { ApiError } from "./api-error.ts";
import { ApiConnection, type Call } from "./connection.ts";

/** A list of more pages than this is a loop. */
const MOST_PAGES = 1000;
const made = z.object({ id: z.union([z.string(), z.number()]).transform(String) });

/** The operations of Sentry's web API that are used, for one project. Monitors are its detectors, alerts its workflows. */
export class SentryClient {
  readonly #connection: ApiConnection;
  readonly #organization: string;
  readonly #project: string;

  /** @param tell gets a line for each wait for Sentry */
  constructor(
    where: { url: string; organization: string; project: string; token: string },
    tell: (line: string) => void,
  ) {
    this.#connection = new ApiConnection(where.url, where.token, tell);
    this.#organization = `/organizations/${encodeURIComponent(where.organization)}/`;
    const names = [where.organization, where.project].map(encodeURIComponent);
    this.#project = `/projects/${names.join("/")}/`;
  }

  project(): Promise<ProjectAnswer> {
    return this.#read(projectAnswer, { method: "GET", path: this.#project, scope: "project:read" });
  }

  environments(): Promise<EnvironmentAnswer[]> {
    const path = `${this.#project}environments/`;
    return this.#list(environmentAnswer, path, { visibility: "all" }, "project:read");
  }

  async setHidden(environment: string, isHidden: boolean): Promise<void> {
    const path = `${this.#project}environments/${encodeURIComponent(environment)}/`;
    await this.#connection.send({ method: "PUT", path, body: { isHidden }, scope: "project:write" });
  }

  async ownership(): Promise<string> {
    const path = `${this.#project}ownership/`;
    return (await this.#read(ownershipAnswer, { method: "GET", path, scope: "project:read" })).raw ?? "";
  }

  async setOwnership(raw: string): Promise<void> {
    const path = `${this.#project}ownership/`;
    await this.#connection.send({ method: "PUT", path, body: { raw }, scope: "project:write" });
  }

  monitors(projectId: string): Promise<MonitorAnswer[]> {
    return this.#list(
      monitorAnswer,
      `${this.#organization}detectors/`,
      { project: projectId, query: "type:metric_issue" },
      "alerts:read",
    );
  }

  /** Resolves to its id. */
  createMonitor(projectSlug: string, body: object): Promise<string> {
    const path = `${this.#organization}projects/${encodeURIComponent(projectSlug)}/detectors/`;
    return this.#write({ method: "POST", path, body, scope: "alerts:write" });
  }

  updateMonitor(id: string, body: object): Promise<string> {
    const path = `${this.#organization}detectors/${id}/`;
    return this.#write({ method: "PUT", path, body, scope: "alerts:write" });
  }

  async deleteMonitor(id: string): Promise<void> {
    const path = `${this.#organization}detectors/${id}/`;
    await this.#connection.send({ method: "DELETE", path, scope: "alerts:write" });
  }

  alerts(): Promise<AlertAnswer[]> {
    return this.#list(alertAnswer, `${this.#organization}workflows/`, {}, "alerts:read");
  }

  createAlert(body: object): Promise<string> {
    const path = `${this.#organization}workflows/`;
    return this.#write({ method: "POST", path, body, scope: "alerts:write" });
  }

  updateAlert(id: string, body: object): Promise<string> {
    const path = `${this.#organization}workflows/${id}/`;
    return this.#write({ method: "PUT", path, body, scope: "alerts:write" });
  }

  async deleteAlert(id: string): Promise<void> {
    const path = `${this.#organization}workflows/${id}/`;
    await this.#connection.send({ method: "DELETE", path, scope: "alerts:write" });
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  async #write(call: Call): Promise<string> {
    return (await this.#read(made, call)).id;
  }

  async #read<T extends z.ZodType>(schema: T, call: Call): Promise<z.infer<T>> {
    const { body } = await this.#connection.send(call);
    return check(schema, body, call);
  }

  /** All pages. Only the cursor is taken of the link to the next one: its address may lead elsewhere. */
  async #list<T extends z.ZodType>(
    item: T,
    path: string,
    query: Readonly<Record<string, string>>,
    scope: string,
  ): Promise<z.infer<T>[]> {
    const items: z.infer<T>[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < MOST_PAGES; page++) {
      const call: Call = {
        method: "GET",
        path,
        query: { ...query, ...(cursor === undefined ? {} : { cursor }) },
        scope,
      };
      const { headers, body } = await this.#connection.send(call);
      items.push(...check(z.array(item), body, call));
      cursor = nextCursor(headers.link);
      if (cursor === undefined) return items;
    }
    throw new ApiError(`GET ${path}: the list does not end`);
  }
}

function check<T extends z.ZodType>(schema: T, body: unknown, { method, path }: Call): z.infer<T> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const at = parsed.error.issues.map((issue) => issue.path.join(".") || "the answer").join(", ");
  throw new ApiError(
    `${method} ${path}: the answer is not as Sentry publishes it (${at})\n→ check SENTRY_URL; a self-hosted Sentry may be too old for monitors`,
  );
}

function nextCursor(link: string | string[] | undefined): string | undefined {
  const next = String(link ?? "")
    .split(/,\s*(?=<)/)
    .find((part) => part.includes('rel="next"') && part.includes('results="true"'));
  return next?.match(/cursor="([^"]+)"/)?.[1];
}
