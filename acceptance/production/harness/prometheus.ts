import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { discoveredPorts } from "../../../deploy/prometheus/testing/pods.ts";
import { PROMETHEUS } from "../../monitoring/harness/alert-rules.ts";
import { FASTER } from "../../monitoring/harness/faster.ts";
import { runPrometheus } from "../../monitoring/harness/prometheus.ts";
import type { Pod } from "./pod.ts";

/** Prometheus takes five seconds to heed what discovery finds, or finds no longer: in a faster time those are minutes. */
const LATE = "TracekeepServiceAbsent";

/** A Prometheus with the configuration for Kubernetes, in a time that runs faster. */
export interface ClusterPrometheus extends AsyncDisposable {
  /** The values of an expression now. */
  query(expression: string): Promise<number[]>;
  /** The alerts that fire, or have done so at whatever time; TracekeepServiceAbsent only if it fires now. */
  alerts(): Promise<string[]>;
  /** What Kubernetes's discovery would find from now on. */
  discover(pods: readonly Pod[]): Promise<void>;
}

/** Discovery in Kubernetes needs a cluster: what it finds is told by a file instead, under the same labels. */
export async function startClusterPrometheus(pods: readonly Pod[]): Promise<ClusterPrometheus> {
  const folder = await mkdtemp(join(tmpdir(), "tracekeep-discovery-"));
  const file = join(folder, "pods.json");
  const discover = async (pods: readonly Pod[]) => {
    // Prometheus must never read half a file.
    const whole = `${file}.${randomUUID()}`;
    await writeFile(whole, JSON.stringify(pods.flatMap(portsOf)));
    await rename(whole, file);
  };
  await discover(pods);
  const { scrape_configs, ...rest } = parse(readFileSync(join(PROMETHEUS, "kubernetes.yml"), "utf8"));
  const jobs = scrape_configs.map(({ kubernetes_sd_configs: _, ...job }: Record<string, unknown>) => ({
    ...job,
    file_sd_configs: [{ files: [file], refresh_interval: "1s" }],
  }));
  const prometheus = await runPrometheus(
    stringify({ ...rest, global: { ...rest.global, ...FASTER }, scrape_configs: jobs }),
  );
  const query = (expression: string) => prometheus.query(expression);
  const alerts = async () => {
    const states = await prometheus.states();
    const names: string[] = [];
    for (const [name, state] of Object.entries(states)) {
      const past = `count_over_time(ALERTS{alertstate="firing",alertname="${name}"}[1h])`;
      const hasFired = name !== LATE && (await query(past)).length > 0;
      if (state === "firing" || hasFired) names.push(name);
    }
    return names;
  };
  const stop = async () => {
    await prometheus.stop();
    await rm(folder, { recursive: true });
  };
  return { query, alerts, discover, [Symbol.asyncDispose]: stop };
}

function portsOf({ service, name, host }: Pod): object[] {
  return discoveredPorts(service, host).map(({ targets, labels }) => ({
    targets,
    labels: {
      ...labels,
      __meta_kubernetes_namespace: "tracekeep-production",
      __meta_kubernetes_pod_name: name,
    },
  }));
}
