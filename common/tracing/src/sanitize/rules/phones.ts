import { Mark } from "../marks.ts";
import { maskMatches } from "./value-rule.ts";

const DIGITS = String.raw`(?:[ ().\/-]{0,2}\d)`;

/** Phone numbers in international form (E.164): a plus sign, a country and at least eight digits. */
export const phones = maskMatches(
  Mark.plus,
  /\+[1-9]/,
  new RegExp(String.raw`(?<![\w+])\+[1-9]${DIGITS}{7,14}(?!\w|[.-]\d)`, "g"),
);

/** Without the plus sign many a counter looks like a phone number, so a word has to say that it is one. */
export const namedPhones = maskMatches(
  Mark.space | Mark.assignment | Mark.digits,
  /[Tt]el|[Pp]hone|[Mm]obile|[Ff]ax/,
  new RegExp(
    String.raw`(?<![\w.])((?:[Tt]el(?:ephone)?|[Pp]hone|[Mm]obile|[Ff]ax)(?: ?number| no)?[.:= ]{1,3})\(?\d${DIGITS}{6,14}(?!\w|[.-]\d)`,
    "g",
  ),
);
