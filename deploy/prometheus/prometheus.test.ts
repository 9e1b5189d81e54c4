import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { SERVICES } from "../kubernetes/testing/manifests.ts";
import { discoveredPorts } from "./testing/pods.ts";
import { promtool } from "./testing/promtool.ts";

const here = (path: string) => join(import.meta.dirname, path);
const read = (path: string) => parse(readFileSync(here(path), "utf8"), { merge: true });

test("Prometheus takes the configuration and the alerts", async () => {
  expect(await promtool("check", "config", "prometheus.yml")).toContain("SUCCESS");
});

test("each alert fires when it should, and only then", async () => {
  expect(await promtool("test", "rules", "alerts.test.yml")).toContain("SUCCESS");
  const tested = readFileSync(here("alerts.test.yml"), "utf8");
  for (const { alert } of read("alerts.yml").groups[0].rules) {
    expect(tested).toMatch(new RegExp(`name: ${alert} fires`));
    expect(tested).toMatch(new RegExp(`name: ${alert} is silent`));
  }
});

test.each(["prometheus.yml", "kubernetes.yml"])(
  "%s has one place for where runbooks are, which no alert carries as a label",
  (file) => {
    const { global, alerting } = read(file);
    const labels = Object.keys(global.external_labels);
    expect(labels).toEqual(["tracekeep_docs"]);
    expect(alerting.alert_relabel_configs).toEqual([{ regex: labels[0], action: "labeldrop" }]);
    for (const { annotations } of read("alerts.yml").groups[0].rules)
      expect(annotations.runbook_url).toContain(`$externalLabels.${labels[0]}`);
  },
);

test("Compose's services are scraped by their names, at the port of the image", () => {
  const { services } = read("../containers/compose.yaml");
  const [, port] = /METRICS_PORT=(\d+)/.exec(readFileSync(here("../containers/Dockerfile"), "utf8")) ?? [];
  const jobs = read("prometheus.yml").scrape_configs;
  expect(jobs.map((job: { job_name: string }) => job.job_name)).toEqual(SERVICES);
  for (const { job_name, dns_sd_configs } of jobs) {
    expect(services).toHaveProperty(job_name);
    expect(dns_sd_configs).toMatchObject([{ names: [job_name], type: "A", port: Number(port) }]);
  }
});

test("of a pod in Kubernetes the port with metrics is scraped, as a job of its service's name", async () => {
  const config = read("kubernetes.yml");
  const [job] = config.scrape_configs;
  expect(job.kubernetes_sd_configs).toEqual([{ role: "pod" }]);
  // Debian's Prometheus is built without discovery in Kubernetes: what that finds is told to it.
  const { kubernetes_sd_configs, ...rest } = job;
  const foreign = {
    targets: ["10.0.0.9:9464"],
    labels: { __meta_kubernetes_pod_container_port_name: "metrics" },
  };
  const running = SERVICES.flatMap((service, index) => discoveredPorts(service, `10.0.0.${index}`));
  const static_configs = [...running, ...discoveredPorts("ledger", "10.0.0.8", "Failed"), foreign];
  expect(static_configs).toHaveLength(2 * (SERVICES.length + 1) + 1);
  const scrape_configs = [{ ...rest, static_configs }];
  const rule_files = config.rule_files.map(here);
  await using folder = await temporaryFolder();
  const file = join(folder.path, "prometheus.yml");
  await writeFile(file, stringify({ ...config, rule_files, scrape_configs }));

  expect(await promtool("check", "config", file)).toContain("SUCCESS");
  const found = JSON.parse(await promtool("check", "service-discovery", "--timeout=1s", file, job.job_name));
  const scraped = found.filter(({ labels }: { labels: object }) => Object.keys(labels).length > 0);
  expect(scraped).toHaveLength(SERVICES.length);
  for (const [index, service] of SERVICES.entries()) {
    const labels = { job: service, instance: `10.0.0.${index}:9464`, pod: `${service}-5d4f` };
    expect(scraped).toContainEqual(
      expect.objectContaining({
        labels: expect.objectContaining({ ...labels, namespace: "tracekeep-staging" }),
      }),
    );
  }
});

async function temporaryFolder() {
  const path = await mkdtemp(join(tmpdir(), "tracekeep-prometheus-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}
