import { isIban } from "../checksums.ts";
import { ibanShape } from "../iban-shapes.ts";
import { Mark } from "../marks.ts";
import { maskFound } from "./value-rule.ts";

/** What parts groups: spaces, also those that do not break lines, and a space in a URL. */
const SPACE = String.raw`[ \u00a0\u2009\u202f]|%20`;
const BEGIN_OF_IBAN = String.raw`(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?=(?:${SPACE}|-)?[A-Za-z0-9]{4})`;
const SEPARATOR = new RegExp(`${SPACE}|-`, "y");
const isAlphanumeric = (code: number): boolean =>
  (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122);

/** IBANs with right check digits, in one or in groups of four, in capitals or small letters. */
export const ibans = maskFound(
  Mark.digits,
  new RegExp(BEGIN_OF_IBAN),
  new RegExp(BEGIN_OF_IBAN, "g"),
  endOfIban,
);

function endOfIban(text: string, from: number): number | undefined {
  const shape = ibanShape(text.slice(from, from + 2).toUpperCase());
  if (shape === undefined) return undefined;
  let compact = "";
  let hyphens = 0;
  let isParted = false;
  let at = from;
  while (compact.length < shape.length) {
    if (isAlphanumeric(text.charCodeAt(at))) {
      compact += text.charAt(at++);
      isParted = false;
      continue;
    }
    SEPARATOR.lastIndex = at;
    const separator = SEPARATOR.exec(text)?.[0];
    if (separator === undefined || isParted || compact.length % 4 !== 0) return undefined;
    isParted = true;
    if (separator === "-") hyphens++;
    at += separator.length;
  }
  if (isAlphanumeric(text.charCodeAt(at))) return undefined;
  // Groups of other lengths are those of a UUID.
  const hasGroups = hyphens === 0 || hyphens === Math.ceil(shape.length / 4) - 1;
  return hasGroups && isIban(compact.toUpperCase()) ? at : undefined;
}
