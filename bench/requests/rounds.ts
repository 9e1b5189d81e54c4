import type { Failing, Group, Shape } from "./cases.ts";
import { type Measurement, type MeasureOptions, measure, withSurroundings } from "./measure.ts";
import type { Variant } from "./variants.ts";

/** One measurement with its place in the run. */
export interface RoundResult extends Measurement {
  /** From 1. */
  readonly round: number;
  readonly shape: Shape;
  readonly failing: Failing;
  readonly variant: string;
}

export interface RoundsOptions extends Omit<MeasureOptions, "shape" | "failing" | "variant"> {
  readonly rounds: number;
  readonly groups: readonly Group[];
}

export interface Step {
  readonly round: number;
  readonly shape: Shape;
  readonly failing: Failing;
  readonly variant: Variant;
}

/** Measures all variants in turns, each round beginning with another one, and tells before each measurement. */
export async function runRounds(
  options: RoundsOptions,
  progress: (next: Step, done: number, of: number) => void,
): Promise<RoundResult[]> {
  const steps = schedule(options);
  return await withSurroundings(async (surroundings) => {
    const results: RoundResult[] = [];
    for (const [done, step] of steps.entries()) {
      progress(step, done, steps.length);
      const measurement = await measure(surroundings, { ...options, ...step });
      results.push({ ...step, variant: step.variant.name, ...measurement });
    }
    return results;
  });
}

/** A B C, B C A, C A B, ...: what the one before leaves behind, such as a warm processor, meets each in turn. */
export function schedule({ rounds, groups }: Pick<RoundsOptions, "rounds" | "groups">): Step[] {
  return Array.from({ length: rounds }, (_, index) =>
    groups.flatMap(({ shape, failing, variants }) => {
      const first = index % variants.length;
      return [...variants.slice(first), ...variants.slice(0, first)].map((variant) => ({
        round: index + 1,
        shape,
        failing,
        variant,
      }));
    }),
  ).flat();
}
