import { Mark } from "../marks.ts";
import { MASKED, type Mask } from "../mask.ts";
import type { ValueRule } from "./value-rule.ts";

// Backslashes stand before quotes in JSON that lies as text within JSON, some levels deep.
export const QUOTE = String.raw`\\{0,15}["'${"`"}]`;

/** What parts a key from its value: `=`, `:`, `=>`, `:=`, and the first two percent-encoded. */
export const SEPARATOR = "(?:[=:]{1,2}>?|%3[AaDd])";

/** A quoted text; its end is the quote with as many backslashes as the first, or the end of the line. */
export const quotedAs = (group: string): string =>
  String.raw`(?<${group}>${QUOTE})(?:(?!(?<!\\)\k<${group}>)[^\r\n])*(?:\k<${group}>)?`;

export const LIST = String.raw`\[\s{0,32}${quotedAs("first")}(?:\s{0,32},\s{0,32}${quotedAs("next")})*`;

/** That there is none is no secret, and may be the error. */
const NO_VALUE = String.raw`(?:null|nil|none|undefined|true|false|\$\d{1,4}|\?|%s)(?![^\s"'${"`"},;&)}\]])`;

/** A value without quotes, with the scheme before it: `token: Bearer abc`. */
export const WORD = String.raw`(?!${NO_VALUE})(?:(?:bearer|basic|token)[ \t]{1,4})?(?:${MASKED}[^\s"'${"`"},;&)}\]]*|(?!${QUOTE}|[{[])[^\s"'${"`"},;&)}\]]+)`;

/**
 * The rest of a header up to the end of the line or the quote around it. Quotes behind `=` belong to the
 * header (`Digest username="jane"`), as an apostrophe within a word does.
 */
export const REST_OF_HEADER = String.raw`(?:=\s{0,2}(?<own>${QUOTE})(?:(?!(?<!\\)\k<own>)[^\r\n])*\k<own>|[^\r\n"'${"`"}\\]|'(?=\w)|\\(?!${QUOTE}))+`;

const SIGN = /[=:]|%3[AaDd]/;

type Groups = Readonly<Record<"head" | "list" | "quoted" | "object" | "first" | "only", string | undefined>>;

/** A rule that masks the value, in one of these forms, behind what the group `head` holds. */
export function maskAssigned(source: string, marks: number = Mark.assignment, sign = SIGN): ValueRule {
  const pattern = new RegExp(source, "gi");
  const apply = (text: string, mask: Mask): string =>
    text.replace(pattern, (match: string, ...rest: unknown[]) =>
      maskValue(match, rest.at(-1) as Groups, mask),
    );
  return { marks, sign, apply };
}

function maskValue(match: string, groups: Groups, mask: Mask): string {
  const { head = "", list, quoted, object, first = "", only = "" } = groups;
  if (list !== undefined) {
    const at = list.indexOf(first);
    return head + list.slice(0, at) + maskQuoted(list.slice(at), first, mask);
  }
  if (object !== undefined) return `${head}{${mask(object.slice(1))}`;
  return head + (quoted === undefined ? mask(match.slice(head.length)) : maskQuoted(quoted, only, mask));
}

/** Masks what is between the quotes; an empty text is no secret, and that it is empty may be the error. */
function maskQuoted(quoted: string, quote: string, mask: Mask): string {
  const end = quoted.length > quote.length && quoted.endsWith(quote) ? -quote.length : undefined;
  const inner = quoted.slice(quote.length, end);
  return inner === "" ? quoted : `${quote}${mask(inner)}${quote}`;
}
