import type { Mask } from "../mask.ts";

/** Finds one kind of secret in free text and masks it, in a time that grows with the text's length and no faster. */
export interface ValueRule {
  /** One of these stands in all that the rule matches. */
  readonly marks: number;
  /** A cheap sign without which the rule cannot match, for texts that have a mark. */
  readonly sign: RegExp;
  apply(text: string, mask: Mask): string;
}

/** A rule that masks what a pattern matches, but for what its first group holds, where it has one. */
export function maskMatches(marks: number, sign: RegExp, pattern: RegExp): ValueRule {
  const apply = (text: string, mask: Mask): string =>
    text.replace(pattern, (match: string, before: unknown) =>
      typeof before === "string" ? before + mask(match.slice(before.length)) : mask(match),
    );
  return { marks, sign, apply };
}

/**
 * A rule for secrets that no pattern tells: code looks at each place where one may begin.
 *
 * @param endOf where the secret that begins at `from` ends; undefined if none begins there.
 */
export function maskFound(
  marks: number,
  sign: RegExp,
  begin: RegExp,
  endOf: (text: string, from: number) => number | undefined,
): ValueRule {
  const apply = (text: string, mask: Mask): string => {
    let result = "";
    let done = 0;
    for (const { index } of text.matchAll(begin)) {
      const end = index < done ? undefined : endOf(text, index);
      if (end === undefined) continue;
      result += text.slice(done, index) + mask(text.slice(index, end));
      done = end;
    }
    return done === 0 ? text : result + text.slice(done);
  };
  return { marks, sign, apply };
}
