import { type Summary, summarise, summariseDifferences, summariseRatios } from "../statistics.ts";
import type { Failing, Shape } from "./cases.ts";
import type { FigureName } from "./figures.ts";
import type { RoundResult } from "./rounds.ts";
import { REFERENCE, VARIANTS } from "./variants.ts";

/** What the measured service has to do. */
export interface Load {
  readonly shape: Shape;
  readonly failing: Failing;
}

/** A variant under a load. */
export interface Place extends Load {
  readonly variant: string;
}

/** The values of a figure, one a round; empty if it was not measured. */
export function valuesOf(rounds: readonly RoundResult[], place: Place, figure: FigureName): number[] {
  return rounds
    .filter(
      ({ shape, failing, variant }) =>
        shape === place.shape && failing === place.failing && variant === place.variant,
    )
    .map(({ figures }) => figures[figure]);
}

export function summaryOf(
  rounds: readonly RoundResult[],
  place: Place,
  figure: FigureName,
): Summary | undefined {
  const values = valuesOf(rounds, place, figure);
  return values.length === 0 ? undefined : summarise(values);
}

/** To another variant under the same load, round by round; undefined if one is not measured, or zero. */
export function ratioOf(
  rounds: readonly RoundResult[],
  place: Place,
  figure: FigureName,
  reference: string = REFERENCE,
): Summary | undefined {
  const values = valuesOf(rounds, place, figure);
  const references = valuesOf(rounds, { ...place, variant: reference }, figure);
  return values.length === 0 || references.length === 0 ? undefined : summariseRatios(values, references);
}

export function differenceOf(
  rounds: readonly RoundResult[],
  place: Place,
  figure: FigureName,
): Summary | undefined {
  const values = valuesOf(rounds, place, figure);
  const references = valuesOf(rounds, { ...place, variant: REFERENCE }, figure);
  return values.length === 0 || references.length === 0
    ? undefined
    : summariseDifferences(values, references);
}

export function nameOfLoad({ shape, failing }: Load): string {
  return `${shape} ${failing}`;
}

/** The loads that were measured, in their order. */
export function loadsOf(rounds: readonly RoundResult[]): Load[] {
  const loads = new Map(rounds.map((round) => [nameOfLoad(round), round]));
  return [...loads.values()].map(({ shape, failing }) => ({ shape, failing }));
}

/** The variants that were measured under a load, in the order of the list. */
export function variantsOf(rounds: readonly RoundResult[], load: Load): string[] {
  return VARIANTS.map(({ name }) => name).filter(
    (variant) => valuesOf(rounds, { ...load, variant }, "cpuPerRequest").length > 0,
  );
}
