import { isCardNumber } from "../checksums.ts";
import { Mark } from "../marks.ts";
import type { Mask } from "../mask.ts";
import type { ValueRule } from "./value-rule.ts";

/** What may part the groups of a number. */
const SEPARATOR = String.raw`[ \u00a0\u2009\u202f\t]{1,2}|%20|[+.-]`;
const LONG_NUMBER = String.raw`\d(?:(?:${SEPARATOR})?\d){12,}`;
const RUN = new RegExp(LONG_NUMBER, "g");
const PARTS = new RegExp(`(${SEPARATOR})`);

/** How card numbers are written, as the lengths of their groups; thirteen digits in one are a bar code. */
const GROUPINGS = new Set([
  ...["14", "15", "16", "17", "18", "19"],
  ...["4-4-4-4", "4-4-4-4-1", "4-4-4-4-2", "4-4-4-4-3", "4-6-5", "4-6-4", "4-3-3-3", "4-4-4-1", "4-4-5"],
  ...["8-8", "6-10", "6-13"],
]);
const MOST_GROUPS = 5;

/** Payment cards: a known network, a right Luhn digit and a usual grouping. */
export const cards: ValueRule = {
  marks: Mark.digits,
  sign: new RegExp(LONG_NUMBER),
  apply: (text, mask) =>
    text.replace(RUN, (run: string, at: number) =>
      maskRun(run, isWordCharacter(text, at - 1), isWordCharacter(text, at + run.length), mask),
    ),
};

/** A card may stand next to other numbers (`order 17 4111 1111 1111 1111`), so every group may begin one. */
function maskRun(run: string, gluedBefore: boolean, gluedBehind: boolean, mask: Mask): string {
  // Digits at even places, what parts them at odd ones.
  const groups = run.split(PARTS);
  let result = "";
  for (let at = 0; at < groups.length; at += 2) {
    const end = at === 0 && gluedBefore ? undefined : endOfCard(groups, at, gluedBehind);
    result += end === undefined ? groups[at] : mask(groups.slice(at, end + 1).join(""));
    at = end ?? at;
    result += groups[at + 1] ?? "";
  }
  return result;
}

/** The place of the last group of the card number that begins at `from`, if one does. */
function endOfCard(groups: readonly string[], from: number, gluedBehind: boolean): number | undefined {
  const separator = groups[from + 1];
  let digits = "";
  let grouping = "";
  for (let at = from; at < groups.length && at < from + 2 * MOST_GROUPS; at += 2) {
    if (at > from && groups[at - 1] !== separator) return undefined;
    const group = groups[at] ?? "";
    digits += group;
    grouping += at === from ? group.length : `-${group.length}`;
    if (at === groups.length - 1 && gluedBehind) return undefined;
    if (GROUPINGS.has(grouping) && !isPart(groups, from, at) && isCardNumber(digits)) return at;
  }
  return undefined;
}

/** Part of a longer number: a decimal one, a version, an id such as a UUID. */
function isPart(groups: readonly string[], from: number, to: number): boolean {
  const next = groups[to + 2] ?? "";
  return groups[from - 1] === "." || groups[to + 1] === "." || (groups[to + 1] === "-" && next.length > 4);
}

/** Underscores part words here: `pan_4111111111111111`. */
function isWordCharacter(text: string, at: number): boolean {
  return /[\p{L}\p{N}]/u.test(text.charAt(at));
}
