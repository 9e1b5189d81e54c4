import { MASK } from "./mask.ts";

// Backslashes stand before quotes in JSON that lies as text within JSON, some levels deep.
const QUOTE = String.raw`\\{0,15}["'${"`"}]`;

/** What parts a key from its value: `=`, `:`, `=>`, `:=`, and the first two percent-encoded. */
const SEPARATOR = "(?:[=:]{1,2}>?|%3[AaDd])";

/** A quoted text; its end is the quote with as many backslashes as the first, or the end of the line. */
const quotedAs = (group: string): string =>
  String.raw`(?<${group}>${QUOTE})(?:(?!(?<!\\)\k<${group}>)[^\r\n])*(?:\k<${group}>)?`;

const LIST = String.raw`\[\s{0,4}${quotedAs("first")}(?:\s{0,4},\s{0,4}${quotedAs("next")})*`;

/** A value without quotes, with the scheme before it: `token: Bearer abc`. */
const WORD = String.raw`(?:(?:bearer|basic|token)[ \t]{1,4})?(?:\[Filtered\][^\s"'${"`"},;&)}\]]*|(?!${QUOTE})[^\s"'${"`"},;&)}\]]+)`;

/**
 * The rest of a header up to the end of the line or the quote around it. Quotes behind `=` belong to the
 * header (`Digest username="jane"`), as an apostrophe within a word does.
 */
export const REST_OF_HEADER = String.raw`(?:=\s{0,2}(?<own>${QUOTE})(?:(?!(?<!\\)\k<own>)[^\r\n])*\k<own>|[^\r\n"'${"`"}\\]|'(?=\w)|\\(?!${QUOTE}))+`;

/** No boundary stands in front: the word may end another one (`DB_PASSWORD`, `accessToken`). */
const SECRET =
  "(?:pass(?:word|wd|phrase|code)s?|pwd|secrets?(?:[_ -]?key)?|token|jwt|credentials?|(?:api|access|private|signing|encryption)[_ -]?key|(?<![A-Za-z0-9])(?:pin|otp|cvv|cvc|ssn))(?:[_-]?(?:value|string|header|raw|hash))?";

const HEADER = "(?:authorization|cookies?)";

// What may be long is at the end of the patterns, where nothing can fail behind it: time stays linear.
const ASSIGNMENT = new RegExp(
  String.raw`(?<head>${SECRET}(?:${QUOTE})?\s{0,4}${SEPARATOR}\s{0,4})(?:(?<list>${LIST})|(?<quoted>${quotedAs("only")})|${WORD})`,
  "gi",
);
const HEADER_LINE = new RegExp(
  String.raw`(?<head>${HEADER}(?:${QUOTE})?[ \t]{0,4}${SEPARATOR}[ \t]{0,4})(?:(?<list>${LIST})|(?<quoted>${quotedAs("only")})|(?<object>\{[^}\r\n]*)|${REST_OF_HEADER})`,
  "gi",
);

/** Masks the value behind a secret word: `password=…`, `"client_secret":"…"`, also as JSON within JSON. */
export function maskAssignments(text: string): string {
  return text.replace(ASSIGNMENT, maskValue);
}

/** Masks all of an Authorization, Cookie or Set-Cookie header: any scheme, and every cookie. */
export function maskHeaders(text: string): string {
  return text.replace(HEADER_LINE, maskValue);
}

type Groups = Readonly<Record<"head" | "list" | "quoted" | "object" | "first" | "only", string | undefined>>;

function maskValue(match: string, ...rest: unknown[]): string {
  const { head, list, quoted, object, first, only } = rest.at(-1) as Groups;
  if (list !== undefined) return `${head}[${first}${MASK}${first}`;
  if (object !== undefined) return `${head}{${MASK}`;
  if (quoted === undefined) return `${head}${MASK}`;
  // An empty text is no secret, and that it is empty may be the error.
  return quoted === `${only}${only}` || quoted === only ? match : `${head}${only}${MASK}${only}`;
}
