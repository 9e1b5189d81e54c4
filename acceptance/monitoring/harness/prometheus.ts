import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { PROMETHEUS } from "./alert-rules.ts";
import { fasterAlerts, fasterConfig } from "./faster.ts";

interface Alert {
  readonly name: string;
  readonly state: "inactive" | "pending" | "firing";
  readonly alerts: readonly { readonly state: string; readonly labels: Readonly<Record<string, string>> }[];
}

interface Answer {
  readonly status: string;
  readonly error?: string;
  // biome-ignore lint/suspicious/noExplicitAny: each path has its own
  readonly data: any;
}

/** A Prometheus of its own with the files of deploy/prometheus, in a time that runs faster. */
export class TestPrometheus {
  readonly #url: string;
  readonly #child: ChildProcess;
  readonly #folder: string;

  /** Use `startPrometheus`. */
  constructor(url: string, child: ChildProcess, folder: string) {
    this.#url = url;
    this.#child = child;
    this.#folder = folder;
  }

  /** The values of an expression now. @throws Error with what Prometheus says, if it cannot be read */
  async query(expression: string): Promise<number[]> {
    const { result } = await this.#get(`query?${new URLSearchParams({ query: expression })}`);
    return result.map(({ value }: { value: [number, string] }) => Number(value[1]));
  }

  /** The state of each alert, by its name. */
  async states(): Promise<Record<string, string>> {
    return Object.fromEntries((await this.#rules()).map(({ name, state }) => [name, state]));
  }

  /** The labels that an alert fires with. */
  async firing(alert: string): Promise<Readonly<Record<string, string>>[]> {
    const rule = (await this.#rules()).find(({ name }) => name === alert);
    return rule?.alerts.filter(({ state }) => state === "firing").map(({ labels }) => labels) ?? [];
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode === null) {
      const closed = once(this.#child, "close");
      this.#child.kill();
      await closed;
    }
    await rm(this.#folder, { recursive: true });
  }

  async #rules(): Promise<Alert[]> {
    const { groups } = await this.#get("rules");
    return groups.flatMap(({ rules }: { rules: Alert[] }) => rules);
  }

  async #get(path: string) {
    const answer = await fetch(`${this.#url}/api/v1/${path}`);
    const { status, data, error } = (await answer.json()) as Answer;
    if (status !== "success") throw new Error(`Prometheus cannot answer ${path}: ${error}`);
    return data;
  }
}

const shipped = (name: string): Promise<string> => readFile(join(PROMETHEUS, name), "utf8");

/** @param targets HOST:PORT by job */
export async function startPrometheus(targets: Readonly<Record<string, string>>): Promise<TestPrometheus> {
  return runPrometheus(fasterConfig(await shipped("prometheus.yml"), targets));
}

/** @param config Prometheus's own; the alerts are beside it */
export async function runPrometheus(config: string): Promise<TestPrometheus> {
  const folder = await mkdtemp(join(tmpdir(), "tracekeep-prometheus-"));
  await writeFile(join(folder, "alerts.yml"), fasterAlerts(await shipped("alerts.yml")));
  await writeFile(join(folder, "prometheus.yml"), config);
  const child = spawn(
    "prometheus",
    ["--config.file=prometheus.yml", "--storage.tsdb.path=data", "--web.listen-address=127.0.0.1:0"],
    { cwd: folder, stdio: ["ignore", "ignore", "pipe"] },
  );
  const said: string[] = [];
  let address: string | undefined;
  for await (const line of createInterface({ input: child.stderr })) {
    said.push(line);
    address ??= /msg="Listening on".* address=(\S+)/.exec(line)?.[1];
    if (line.includes("Server is ready") && address !== undefined) {
      // Unread output would hold it up.
      child.stderr.resume();
      return new TestPrometheus(`http://${address}`, child, folder);
    }
  }
  await rm(folder, { recursive: true });
  throw new Error(`Prometheus ended before it was ready:\n${said.join("\n")}`);
}
