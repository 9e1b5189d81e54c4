import { FIGURES, type FigureName, type Figures } from "./figures.ts";
import type { Machine } from "./machine.ts";
import type { BenchOptions } from "./options.ts";
import type { RoundResult } from "./rounds.ts";
import { type Summary, summarise, summariseRatios } from "./statistics.ts";
import { REFERENCE, type Shape } from "./variants.ts";

/** One figure of one variant over all rounds. */
export interface FigureResult extends Summary {
  /** To the reference, round by round; left out where the reference is zero. */
  readonly ratio?: Summary;
}

/** One variant of one shape. */
export interface VariantResult {
  readonly shape: Shape;
  readonly variant: string;
  readonly figures: Readonly<Record<FigureName, FigureResult>>;
  /** Spans lost in all rounds together. */
  readonly droppedSpans: number;
}

/** What the results file holds. */
export interface BenchResults {
  readonly machine: Machine;
  readonly settings: { readonly rounds: number; readonly seconds: number; readonly warmupSeconds: number };
  readonly results: readonly VariantResult[];
  /** Every measurement, in the order in which they were made. */
  readonly rounds: readonly RoundResult[];
}

export function collectResults(
  machine: Machine,
  options: BenchOptions,
  rounds: readonly RoundResult[],
): BenchResults {
  const { seconds, warmupSeconds } = options;
  const results = options.shapes.flatMap((shape) =>
    options.variants.map((variant) => variantResult(rounds, shape, variant.name)),
  );
  return { machine, settings: { rounds: options.rounds, seconds, warmupSeconds }, results, rounds };
}

function variantResult(rounds: readonly RoundResult[], shape: Shape, variant: string): VariantResult {
  const ofShape = rounds.filter((round) => round.shape === shape);
  const own = ofShape.filter((round) => round.variant === variant);
  const reference = ofShape.filter((round) => round.variant === REFERENCE);
  const figure = (name: keyof Figures): FigureResult => {
    const values = own.map(({ figures }) => figures[name]);
    const ratio = summariseRatios(
      values,
      reference.map(({ figures }) => figures[name]),
    );
    return { ...summarise(values), ...(ratio === undefined ? {} : { ratio }) };
  };
  return {
    shape,
    variant,
    figures: Object.fromEntries(FIGURES.map(({ name }) => [name, figure(name)])) as VariantResult["figures"],
    droppedSpans: own.reduce((sum, round) => sum + round.droppedSpans, 0),
  };
}

/** The results as text for a file: numbers to six significant digits. */
export function formatResults(results: BenchResults): string {
  const rounded = (_: string, value: unknown) =>
    typeof value === "number" ? Number(value.toPrecision(6)) : value;
  return `${JSON.stringify(results, rounded, 2)}\n`;
}
