import { existsSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import type { GrowthResults } from "./growth/measure-growth.ts";
import { describeMachine, type Machine } from "./machine.ts";
import type { MicroResults } from "./micro/measure-micro.ts";
import type { ProfileResults } from "./profile/measure-profile.ts";
import type { RequestsResults } from "./requests/measure-requests.ts";
import type { RoundResult } from "./requests/rounds.ts";
import { nameOfLoad } from "./requests/summaries.ts";
import type { StartupResults } from "./startup/measure-startup.ts";

/** What the results file holds: of each measurement the latest run, as it was measured. */
export interface BenchResults {
  /** Runs of requests. A load may have been measured again without the others: each is in its latest run only. */
  readonly loads?: readonly Measured<RequestsResults>[];
  readonly startup?: Measured<StartupResults>;
  readonly growth?: Measured<GrowthResults>;
  readonly profile?: Measured<ProfileResults>;
  readonly micro?: Measured<MicroResults>;
}

/** With the machine it was measured on, since one may be measured again and the others not. */
export type Measured<Results> = Results & { readonly machine: Machine; readonly library: Library };

/** The library as users install it, or its sources. */
export type Library = "published" | "sources";

/** Measures, and says where that was. */
export async function onThisMachine<Results extends object>(
  library: Library,
  measure: () => Promise<Results>,
): Promise<Measured<Results>> {
  const machine = describeMachine();
  return { machine, library, ...(await measure()) };
}

/** Of all requests. A round's number is its own within a load only. */
export function roundsOf({ loads = [] }: BenchResults): RoundResult[] {
  return loads.flatMap(({ rounds }) => rounds);
}

/** What was measured takes the place of what it measures again; of requests, of the same loads. */
export function replaceResults(before: BenchResults, measured: BenchResults): BenchResults {
  if (measured.loads === undefined) return { ...before, ...measured };
  const again = new Set(measured.loads.flatMap(({ rounds }) => rounds.map(nameOfLoad)));
  const others = (before.loads ?? []).map((run) => ({
    ...run,
    rounds: run.rounds.filter((round) => !again.has(nameOfLoad(round))),
  }));
  return {
    ...before,
    ...measured,
    loads: [...others.filter(({ rounds }) => rounds.length > 0), ...measured.loads],
  };
}

/** Nothing if there is no such file. */
export function readResults(file: string): BenchResults {
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
}

export async function writeResults(file: string, results: BenchResults): Promise<void> {
  await writeFile(file, formatResults(results));
}

/** Fractions to six significant digits, and one line a measurement, so that two runs can be compared. */
export function formatResults(results: BenchResults): string {
  const rounded = (_: string, value: unknown) =>
    typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(6)) : value;
  return `${lines(JSON.parse(JSON.stringify(results, rounded)), "")}\n`;
}

/** What has a list of objects somewhere in it is broken into lines; the rest is one. */
function lines(value: unknown, indent: string): string {
  const deeper = `${indent}  `;
  if (Array.isArray(value) && value.some((item) => typeof item === "object"))
    return `[\n${value.map((item) => `${deeper}${lines(item, deeper)}`).join(",\n")}\n${indent}]`;
  if (typeof value === "object" && value !== null && hasLists(value)) {
    const entries = Object.entries(value).map(
      ([key, item]) => `${deeper}${JSON.stringify(key)}: ${lines(item, deeper)}`,
    );
    return `{\n${entries.join(",\n")}\n${indent}}`;
  }
  return JSON.stringify(value);
}

function hasLists(value: object): boolean {
  return Object.values(value).some(
    (item) =>
      typeof item === "object" &&
      item !== null &&
      (Array.isArray(item) ? item.some((each) => typeof each === "object") : hasLists(item)),
  );
}
