import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { buildDashboard } from "./dashboard.ts";

const here = (path: string) => join(import.meta.dirname, path);
const read = (path: string) => parse(readFileSync(here(path), "utf8"), { merge: true });

test("the dashboard's file is current; vitest -u writes it", async () => {
  const biome = here("../../node_modules/.bin/biome");
  const formatted = execFileSync(biome, ["format", "--stdin-file-path=tracekeep.json"], {
    input: JSON.stringify(buildDashboard()),
    encoding: "utf8",
  });
  await expect(formatted).toMatchFileSnapshot("dashboards/tracekeep.json");
});

test("each panel has an id of its own, a text, and room on the page that no other has", () => {
  const panels = buildDashboard().panels ?? [];
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  const taken = new Set<string>();
  let cells = 0;
  for (const panel of panels) {
    if (panel.type !== "row") expect(panel).toHaveProperty("description", expect.stringMatching(/\.$/));
    const { x = 0, y = 0, w = 0, h = 0 } = panel.gridPos ?? {};
    expect(x + w).toBeLessThanOrEqual(24);
    cells += w * h;
    for (let column = x; column < x + w; column++)
      for (let line = y; line < y + h; line++) taken.add(`${column} ${line}`);
  }
  expect(taken.size).toBe(cells);
});

test("Compose's Grafana finds the dashboard, and Prometheus where Compose runs it", () => {
  const { services } = read("../containers/compose.yaml");
  const mounted = new Map<string, string>(
    services.grafana.volumes.map((volume: string) => volume.split(":").slice(0, 2).toReversed()),
  );
  expect(mounted.get("/etc/grafana/provisioning")).toBe("../grafana/provisioning");
  const [provider] = read("provisioning/dashboards/tracekeep.yaml").providers;
  expect(mounted.get(provider.options.path)).toBe("../grafana/dashboards");
  const [source] = read("provisioning/datasources/prometheus.yaml").datasources;
  const { hostname, port } = new URL(source.url);
  expect(services.prometheus.ports).toContain(`127.0.0.1:${port}:${port}`);
  expect(services).toHaveProperty(hostname);
  const { scrape_interval } = read("../prometheus/prometheus.yml").global;
  expect(source.jsonData.timeInterval).toBe(scrape_interval);
});
