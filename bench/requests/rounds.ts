import { startLoad } from "../processes/start.ts";
import type { Failing, Group, Shape } from "./cases.ts";
import { meanOf } from "./figures.ts";
import { type Measurement, Subject, type SubjectOptions } from "./subject.ts";
import type { Variant } from "./variants.ts";

/** One variant in one round: means of its turns. */
export interface RoundResult extends Measurement {
  /** From 1. */
  readonly round: number;
  readonly shape: Shape;
  readonly failing: Failing;
  readonly variant: string;
}

export interface RoundsOptions extends Pick<SubjectOptions, "sources" | "profile"> {
  readonly rounds: number;
  readonly groups: readonly Group[];
  /** How often each variant is measured in a round. */
  readonly turns: number;
  /** Of one turn. */
  readonly seconds: number;
  /** Load before the first turn. */
  readonly warmupSeconds: number;
}

export interface Step {
  readonly round: number;
  readonly shape: Shape;
  readonly failing: Failing;
  readonly variant: Variant;
  /** From 1; 0 is the warm-up. */
  readonly turn: number;
}

/** Measures all variants round by round, and tells before each step. */
export async function runRounds(
  options: RoundsOptions,
  progress: (next: Step) => void,
): Promise<RoundResult[]> {
  const results: RoundResult[] = [];
  for (let round = 1; round <= options.rounds; round++) {
    for (const group of options.groups)
      results.push(...(await measureInTurns(group, round, options, progress)));
  }
  return results;
}

/** The variants live side by side: what slows the machine down for seconds or minutes slows down all alike. */
async function measureInTurns(
  { shape, failing, variants }: Group,
  round: number,
  { turns, seconds, warmupSeconds, ...common }: RoundsOptions,
  progress: (next: Step) => void,
): Promise<RoundResult[]> {
  await using load = await startLoad();
  await using started = new AsyncDisposableStack();
  const place = { round, shape, failing };
  const subjects: { variant: Variant; subject: Subject; measurements: Measurement[] }[] = [];
  for (const variant of rotated(variants, round - 1)) {
    progress({ ...place, variant, turn: 0 });
    // In new processes each round, so that chances of compilation and memory layout differ.
    const subject = started.use(await Subject.start(load, { ...common, shape, failing, variant }));
    await subject.warmUp(warmupSeconds);
    subjects.push({ variant, subject, measurements: [] });
  }
  for (let turn = 1; turn <= turns; turn++) {
    for (const { variant, subject, measurements } of rotated(subjects, turn - 1)) {
      progress({ ...place, variant, turn });
      measurements.push(await subject.measure(seconds));
    }
  }
  return subjects.map(({ variant, measurements }) => ({
    ...place,
    variant: variant.name,
    figures: meanOf(measurements.map(({ figures }) => figures)),
    droppedSpans: measurements.reduce((sum, { droppedSpans }) => sum + droppedSpans, 0),
  }));
}

/** A B C, B C A, C A B, ...: what the one before leaves behind, such as a warm processor, meets each in turn. */
function rotated<T>(list: readonly T[], by: number): T[] {
  const first = by % list.length;
  return [...list.slice(first), ...list.slice(0, first)];
}
