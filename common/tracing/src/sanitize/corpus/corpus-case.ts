/**
 * A text in which `«»` enclose each secret; a text without is harmless. What the sanitiser is known to take wrongly
 * has a sign of its own: `«?»` is a secret that comes out, `«!»` something harmless that does not.
 */
export type MarkedText = string;

export interface CorpusCase {
  /** What is given to the sanitiser. */
  readonly text: string;
  /** What comes out. */
  readonly expected: string;
  /** Secrets that are masked. */
  readonly found: number;
  /** Secrets that are known to come out. */
  readonly missed: number;
  /** Harmless parts that are known to be masked. */
  readonly wrong: number;
}

const MARKED = /«([?!]?)([^»]*)»/g;

/** Reads a marked text. A raised dot joins what would look like a real key to scanners of source code. */
export function readCase(marked: MarkedText): CorpusCase {
  const joined = marked.replaceAll("·", "");
  const signs = Array.from(joined.matchAll(MARKED), ([, sign]) => sign);
  const count = (wanted: string): number => signs.filter((sign) => sign === wanted).length;
  return {
    text: joined.replace(MARKED, "$2"),
    expected: joined.replace(MARKED, (_all, sign, part) => (sign === "?" ? part : "[Filtered]")),
    found: count(""),
    missed: count("?"),
    wrong: count("!"),
  };
}
