import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BenchOptions } from "../options.ts";
import { startLoad } from "../processes/start.ts";
import { Progress } from "../progress.ts";
import { FAILING, type Shape } from "../requests/cases.ts";
import { Subject } from "../requests/subject.ts";
import { VARIANTS } from "../requests/variants.ts";
import { type CpuProfile, type Share, sharesOf } from "./areas.ts";

const PROFILED = VARIANTS.find(({ name }) => name === "tracekeep-1");
/** By far the most of a profile is to be of code that has been compiled; in seconds. */
const LOAD = { seconds: 30, warmupSeconds: 5 };

export interface ShapeProfile {
  readonly shape: Shape;
  readonly shares: readonly Share[];
}

export interface ProfileResults {
  readonly profiles: readonly ShapeProfile[];
}

/** Where the time of a traced service goes, at a rate of 1 % and under load, from its start on. */
export async function measureProfile(
  { choice }: Pick<BenchOptions, "choice">,
  say: (line: string) => void,
  { seconds, warmupSeconds }: typeof LOAD = LOAD,
): Promise<ProfileResults> {
  if (PROFILED === undefined) throw new Error("There is no variant tracekeep-1 to take a profile of.");
  const profiled = { variant: PROFILED, failing: FAILING[0] };
  const progress = new Progress(say);
  await using load = await startLoad();
  const profiles: ShapeProfile[] = [];
  for (const [done, shape] of choice.shapes.entries()) {
    const of = choice.shapes.length;
    progress.next(`profile, ${shape}`, { done, of, guess: of * (seconds + warmupSeconds) });
    const folder = await mkdtemp(join(tmpdir(), "tracekeep-profile-"));
    // The sources, in which every function has the folder that it belongs to.
    const subject = await Subject.start(load, { ...profiled, shape, sources: true, profile: folder });
    await subject.warmUp(warmupSeconds);
    await subject.measure(seconds);
    // It writes the profile when it ends.
    await subject[Symbol.asyncDispose]();
    profiles.push({ shape, shares: sharesOf(await onlyProfileIn(folder)) });
    await rm(folder, { recursive: true });
  }
  return { profiles };
}

async function onlyProfileIn(folder: string): Promise<CpuProfile> {
  const [file] = await readdir(folder);
  if (file === undefined) throw new Error("The measured service wrote no CPU profile.");
  return JSON.parse(await readFile(join(folder, file), "utf8"));
}
