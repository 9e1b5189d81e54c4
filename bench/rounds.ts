import { type Measurement, measure, type Surroundings } from "./measure.ts";
import type { BenchOptions } from "./options.ts";
import { startChild } from "./processes/child.ts";
import type { SinkReady } from "./processes/sink.ts";
import type { Shape, Variant } from "./variants.ts";

const LOAD = new URL("./processes/load.ts", import.meta.url);
const SINK = new URL("./processes/sink.ts", import.meta.url);

/** One measurement with its place in the run. */
export interface RoundResult extends Measurement {
  /** From 1. */
  readonly round: number;
  readonly shape: Shape;
  readonly variant: string;
}

/** Measures all variants in turns, each round beginning with another one, and tells before each measurement. */
export async function runRounds(
  options: BenchOptions,
  progress: (next: { round: number; shape: Shape; variant: Variant; left: number }) => void,
): Promise<RoundResult[]> {
  await using load = await startChild(LOAD, { name: "load" });
  await using sink = await startChild<SinkReady>(SINK, { name: "intake" });
  await using otherSink = await startChild<SinkReady>(SINK, { name: "callee's intake" });
  const surroundings: Surroundings = { load, sink, otherSink };
  const steps = schedule(options);
  const results: RoundResult[] = [];
  for (const [done, { round, shape, variant }] of steps.entries()) {
    progress({ round, shape, variant, left: steps.length - done });
    const measurement = await measure(surroundings, { ...options, shape, variant });
    results.push({ round, shape, variant: variant.name, ...measurement });
  }
  return results;
}

/** A B C, B C A, C A B, ...: what the one before leaves behind, such as a warm processor, meets each in turn. */
function schedule({ rounds, shapes, variants }: BenchOptions) {
  return Array.from({ length: rounds }, (_, index) =>
    shapes.flatMap((shape) => {
      const first = index % variants.length;
      return [...variants.slice(first), ...variants.slice(0, first)].map((variant) => ({
        round: index + 1,
        shape,
        variant,
      }));
    }),
  ).flat();
}
