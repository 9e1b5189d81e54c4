import { Mark } from "../marks.ts";
import { maskMatches } from "./value-rule.ts";

const DIGITS = String.raw`(?:[ ().\/-]{0,2}\d)`;

/** Phone numbers in international form (E.164): a plus sign, a country and at least eight digits. */
export const phones = maskMatches(
  Mark.plus,
  /\+[1-9]/,
  new RegExp(String.raw`(?<![\w+])\+[1-9]${DIGITS}{7,14}(?!\w|[.-]\d)`, "g"),
);

const NAMES = "[Tt]el(?:ephone)?|TEL(?:EPHONE)?|[Pp]hone|PHONE|[Mm]obile|MOBILE|[Ff]ax|FAX";
/** The word may begin within a name (`customer_phone`, `homePhone`), and go on (`phone_number`). */
const WORD = `(?:(?<![A-Za-z0-9.])(?:${NAMES})|(?<=[a-z])(?:Tel(?:ephone)?|Phone|Mobile|Fax))(?:[ _-]?(?:[Nn]umber|NUMBER|[Nn]o|NO))?`;
/** As prose, code, JSON and Postgres (`Key (phone)=(...)`) part a name from its value. */
const PARTED = String.raw`["'${"`"})\\]{0,4}[.:= ]{1,3}(?:(?<==)\()?["'${"`"}\\]{0,4}`;

/** Without the plus sign many a counter looks like a phone number, so a word has to say that it is one. */
export const namedPhones = maskMatches(
  Mark.space | Mark.assignment | Mark.digits,
  /tel|phone|mobile|fax/i,
  new RegExp(String.raw`(${WORD}${PARTED})\(?\d${DIGITS}{6,14}(?!\w|[.-]\d)`, "g"),
);
