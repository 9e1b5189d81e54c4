/** A command line that cannot be understood. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** A number within bounds. Throws UsageError. */
export function number(
  option: string,
  text: string | undefined,
  fallback: number,
  { least, most, whole = false }: { least: number; most: number; whole?: boolean },
): number {
  if (text === undefined) return fallback;
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (value >= least && value <= most && (!whole || Number.isInteger(value))) return value;
  throw new UsageError(
    `${option} ${text}: expected a ${whole ? "whole " : ""}number from ${least} to ${most}`,
  );
}

/** One of the names that are known. Throws UsageError. */
export function one<T extends string | number>(option: string, text: string, known: readonly T[]): T {
  const found = known.find((name) => String(name) === text);
  if (found === undefined)
    throw new UsageError(`${`${option} ${text}`.trim()}: expected one of ${known.join(", ")}`);
  return found;
}

/** Those of a list that are named, in its order. Throws UsageError. */
export function listed<T extends string | number>(
  option: string,
  text: string | undefined,
  known: readonly T[],
): readonly T[] | undefined {
  if (text === undefined) return undefined;
  const names = text.split(",").map((name) => one(option, name.trim(), known));
  return known.filter((name) => names.includes(name));
}
