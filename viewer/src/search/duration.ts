const UNITS: Readonly<Record<string, number>> = { ns: 1, us: 1e3, µs: 1e3, ms: 1e6, s: 1e9, m: 60e9 };

/** A bound of a duration. */
export interface DurationBound {
  readonly compare: ">" | ">=" | "<" | "<=";
  readonly nanos: number;
}

/** Reads `>100ms`, `<=1.5s` or `250us`, which means at least that; undefined if it is none of these. */
export function durationBoundOf(text: string): DurationBound | undefined {
  const [, compare = ">=", digits = "", unit = ""] =
    /^(>=?|<=?)?(\d{1,15}(?:\.\d{1,9})?)(ns|us|µs|ms|s|m)$/.exec(text) ?? [];
  const size = UNITS[unit];
  if (size === undefined) return undefined;
  return { compare: compare as DurationBound["compare"], nanos: Number(digits) * size };
}

export function isWithin(nanos: number, { compare, nanos: bound }: DurationBound): boolean {
  switch (compare) {
    case ">":
      return nanos > bound;
    case ">=":
      return nanos >= bound;
    case "<":
      return nanos < bound;
    case "<=":
      return nanos <= bound;
  }
}
