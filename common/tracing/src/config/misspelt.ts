import { TRACING_VARIABLES } from "./variables.ts";

const KNOWN = Object.keys(TRACING_VARIABLES);
/** Where ours begin, in any case; `OLTP` is how many write `OTLP`, and some letters of `SENTRY_DSN` are easily lost. */
const OURS =
  /^(?:TRACE|TRACING|S[ENTRY]+_DSN$|SENTRY_(?:D[NS]+$|ENV|REL)|OTEL_(?:SDK|SERVICE|TRACES|EXPORTER_O[TLP]{3})_)/i;

/** Warnings on variables that look like ours, but are not: an unknown name alone is somebody else's. */
export function misspelt(names: readonly string[]): string[] {
  return names
    .filter((name) => OURS.test(name) && !KNOWN.includes(name))
    .flatMap((name) => {
      const meant = withoutUnit(name) ?? nearestOfOurs(name);
      return meant === undefined
        ? []
        : [`${name} is not a setting and has no effect; did you mean ${meant}?`];
    });
}

/** The variable that a name is but for its unit: `TRACE_KEEP_SLOW` for `TRACE_KEEP_SLOW_MS`. */
function withoutUnit(name: string): string | undefined {
  return ["_MS", "_BYTES"].map((unit) => name + unit).find((candidate) => KNOWN.includes(candidate));
}

/** `TRACE_ENABLED` is `TRACING_ENABLED`, and `TRACING_SAMPLING_RATE` is `TRACE_SAMPLE_RATE`: these words are one. */
function nearestOfOurs(name: string): string | undefined {
  const plain = (text: string) =>
    text
      .toUpperCase()
      .replace(/^(?:TRACING|TRACEKEEP|TRACES)_/, "TRACE_")
      .replace("_SAMPLING_", "_SAMPLE_");
  const meant = nearest(plain(name), KNOWN.map(plain));
  return KNOWN.find((candidate) => plain(candidate) === meant);
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
