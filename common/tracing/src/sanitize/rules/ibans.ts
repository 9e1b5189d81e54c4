import { isIban } from "../checksums.ts";
import { ibanShape } from "../iban-shapes.ts";
import { Mark } from "../marks.ts";
import { maskFound } from "./value-rule.ts";

const BEGIN = /(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?=[ -]?[A-Za-z0-9]{4})/g;
const isAlphanumeric = (code: number): boolean =>
  (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122);

/** IBANs with right check digits, in one or in groups of four, in capitals or small letters. */
export const ibans = maskFound(
  Mark.digits,
  /(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}[ -]?[A-Za-z0-9]{4}/,
  BEGIN,
  endOfIban,
);

function endOfIban(text: string, from: number): number | undefined {
  const shape = ibanShape(text.slice(from, from + 2).toUpperCase());
  if (shape === undefined) return undefined;
  let compact = "";
  let hyphens = 0;
  let at = from;
  for (; compact.length < shape.length; at++) {
    const character = text.charAt(at);
    if (isAlphanumeric(character.charCodeAt(0))) compact += character;
    else if (
      !(character === " " || character === "-") ||
      compact.length % 4 !== 0 ||
      text[at - 1] === character
    )
      return undefined;
    else if (character === "-") hyphens++;
  }
  if (isAlphanumeric(text.charCodeAt(at))) return undefined;
  // Groups of other lengths are those of a UUID.
  const hasGroups = hyphens === 0 || hyphens === Math.ceil(shape.length / 4) - 1;
  return hasGroups && isIban(compact.toUpperCase()) ? at : undefined;
}
