import { TRACING_VARIABLES } from "./variables.ts";

const KNOWN = Object.keys(TRACING_VARIABLES);
const OURS = /^(?:TRACE|TRACING|SENTRY_D[NS]+$)/;

/** Warnings on variables that look like ours, but are not: an unknown name alone is somebody else's. */
export function misspelt(names: readonly string[]): string[] {
  return names
    .filter((name) => OURS.test(name) && !KNOWN.includes(name))
    .flatMap((name) => {
      const meant = nearest(name, KNOWN);
      return meant === undefined
        ? []
        : [`${name} is not a setting and has no effect; did you mean ${meant}?`];
    });
}

/** The name that was meant by a misspelt one; undefined if it is like none of them. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const [best] = known
    .map((candidate) => ({ candidate, letters: distance(name, candidate) }))
    .sort((a, b) => a.letters - b.letters);
  return best !== undefined && best.letters <= 2 ? best.candidate : undefined;
}

/** How many letters have to be added, removed or changed (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
