import { isCardNumber } from "./checksums.ts";
import { MASK } from "./mask.ts";

const LONGEST_CARD = 19;

/**
 * Masks the card numbers in a run of digits that spaces or dashes part into groups. A card may stand
 * next to other numbers (`order 17 4111 1111 1111 1111`), so every group may begin one.
 */
export function maskCardNumbers(run: string): string {
  // Digits at even places, what parts them at odd ones.
  const groups = run.split(/([ -])/);
  let result = "";
  for (let at = 0; at < groups.length; at += 2) {
    const end = endOfCard(groups, at);
    result += end === undefined ? groups[at] : MASK;
    at = end ?? at;
    result += groups[at + 1] ?? "";
  }
  return result;
}

/** The place of the last group of the card number that begins at `from`, if one does. */
function endOfCard(groups: readonly string[], from: number): number | undefined {
  let digits = "";
  for (let at = from; at < groups.length && digits.length < LONGEST_CARD; at += 2) {
    digits += groups[at];
    if (isCardNumber(digits)) return at;
  }
  return undefined;
}
