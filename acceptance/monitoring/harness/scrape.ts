import type { ServiceProcess } from "@tracekeep/service/testing";
import type { DocumentedMetric } from "./document.ts";

/** What Prometheus gets of one service. */
export async function scrape(service: ServiceProcess): Promise<string> {
  const { url } = await service.line("metrics are served");
  const answer = await fetch(String(url));
  return answer.text();
}

/** The metrics of a page, by what it says of them itself. */
export function metricsIn(page: string): DocumentedMetric[] {
  const unit = new Map(
    Array.from(page.matchAll(/^# UNIT (\S+) (\S+)$/gm), ([, name = "", unit = ""]) => [name, unit]),
  );
  return Array.from(page.matchAll(/^# TYPE (\S+) (\S+)$/gm), ([, name = "", kind = ""]) => ({
    name,
    kind,
    unit: unit.get(name) ?? "",
  }));
}

/** The value of a series, the labels of which hold all of these texts; undefined if there is none. */
export function sampleOf(page: string, name: string, ...labels: readonly string[]): number | undefined {
  const line = page
    .split("\n")
    .find((each) => each.startsWith(`${name}{`) && labels.every((label) => each.includes(label)));
  return line === undefined ? undefined : Number(line.split(" ").at(-1));
}
