import { median, type Summary, summariseRatios } from "../statistics.ts";
import { DIMENSIONS, type Dimension } from "./dimensions.ts";
import type { SizeResult } from "./measure-growth.ts";
import { UPTIME_VARIANTS, type UptimeSample } from "./uptime.ts";

/** To the first size of the dimension, round by round; undefined if it was not measured. */
export function growthOf(
  sizes: readonly SizeResult[],
  dimension: Dimension["name"],
  size: number,
): Summary | undefined {
  const costs = (wanted: number) =>
    sizes
      .filter((result) => result.dimension === dimension && result.size === wanted)
      .map(({ cpuPerRequest }) => cpuPerRequest);
  const [first = 0] = DIMENSIONS.find(({ name }) => name === dimension)?.sizes ?? [];
  const [values, references] = [costs(size), costs(first)];
  return values.length === 0 ? undefined : summariseRatios(values, references);
}

/** Two parts of a long run, far apart. */
const EARLY = { from: 0.1, to: 0.3 };
const LATE = { from: 0.8, to: 1 };

export interface UptimeSummary {
  /** Cost of a request late in the run to that early in it, each as ratio to the untraced service. */
  readonly cost: number;
  /** Growth of memory between the two, above that of the untraced service, in MB. */
  readonly rss: number;
  readonly heap: number;
}

/** Undefined if there was no long run. */
export function uptimeOf(samples: readonly UptimeSample[]): UptimeSummary | undefined {
  const [untraced, traced] = UPTIME_VARIANTS.map((name) => samples.filter(({ variant }) => variant === name));
  if (untraced === undefined || traced === undefined || traced.length === 0) return undefined;
  const over = (part: typeof EARLY, join: (traced: UptimeSample, untraced: UptimeSample) => number) =>
    median(
      traced
        .map((sample, at) => join(sample, untraced[at] ?? sample))
        .slice(Math.floor(part.from * traced.length), Math.ceil(part.to * traced.length)),
    );
  const growth = (figure: "rss" | "heap") => {
    const above = (own: UptimeSample, other: UptimeSample) => own[figure] - other[figure];
    return over(LATE, above) - over(EARLY, above);
  };
  const cost = (own: UptimeSample, other: UptimeSample) => own.cpuPerRequest / other.cpuPerRequest;
  return { cost: over(LATE, cost) / over(EARLY, cost), rss: growth("rss"), heap: growth("heap") };
}
