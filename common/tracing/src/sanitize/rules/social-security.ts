import { Mark } from "../marks.ts";
import { maskMatches } from "./value-rule.ts";

/** Numbers that were never given out are left: area 000, 666 and 900 to 999, group 00, serial 0000. */
const number = (separator: string): string =>
  String.raw`(?!000|666|9)\d{3}${separator}(?!00)\d{2}${separator}(?!0000)\d{4}(?![\w-]|\.\d)`;

/** US social security numbers with their dashes. */
export const socialSecurity = maskMatches(
  Mark.digits,
  /\d-\d\d-\d/,
  new RegExp(String.raw`(?<![\w.+/-])${number("-")}`, "g"),
);

/** With spaces or in one they are told only by the word before them. */
export const namedSocialSecurity = maskMatches(
  Mark.digits,
  /[Ss][Ss][Nn]|ecurity/,
  new RegExp(
    `(?<![A-Za-z])((?:ssn|social[ _-]?security(?:[ _-]?(?:number|no))?)(?:[#.:= ]| is ){1,4})${number("[ -]?")}`,
    "gi",
  ),
);
