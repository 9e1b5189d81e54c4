import { Mark } from "../marks.ts";
import { MASKED, type Mask } from "../mask.ts";
import type { ValueRule } from "./value-rule.ts";

// Backslashes stand before quotes in JSON that lies as text within JSON, some levels deep.
const QUOTE = String.raw`\\{0,15}["'${"`"}]`;

/** What parts a key from its value: `=`, `:`, `=>`, `:=`, and the first two percent-encoded. */
const SEPARATOR = "(?:[=:]{1,2}>?|%3[AaDd])";

/** A quoted text; its end is the quote with as many backslashes as the first, or the end of the line. */
const quotedAs = (group: string): string =>
  String.raw`(?<${group}>${QUOTE})(?:(?!(?<!\\)\k<${group}>)[^\r\n])*(?:\k<${group}>)?`;

const LIST = String.raw`\[\s{0,4}${quotedAs("first")}(?:\s{0,4},\s{0,4}${quotedAs("next")})*`;

/** That there is none is no secret, and may be the error. */
const NO_VALUE = String.raw`(?:null|nil|none|undefined|true|false)(?![^\s"'${"`"},;&)}\]])`;

/** A value without quotes, with the scheme before it: `token: Bearer abc`. */
const WORD = String.raw`(?!${NO_VALUE})(?:(?:bearer|basic|token)[ \t]{1,4})?(?:${MASKED}[^\s"'${"`"},;&)}\]]*|(?!${QUOTE}|[{[])[^\s"'${"`"},;&)}\]]+)`;

/**
 * The rest of a header up to the end of the line or the quote around it. Quotes behind `=` belong to the
 * header (`Digest username="jane"`), as an apostrophe within a word does.
 */
export const REST_OF_HEADER = String.raw`(?:=\s{0,2}(?<own>${QUOTE})(?:(?!(?<!\\)\k<own>)[^\r\n])*\k<own>|[^\r\n"'${"`"}\\]|'(?=\w)|\\(?!${QUOTE}))+`;

/** No boundary stands in front: the word may end another one (`DB_PASSWORD`, `accessToken`). */
const SECRET =
  "(?:pass(?:word|wort|wd|phrase|code)s?|pwd|secrets?(?:[_ -]?key)?|token|jwt|credentials?|(?:api|access|account|private|signing|encryption)[_ -]?key|shared[_ -]?access[_ -]?signature|session[_-]?(?:id|key)|(?:account|passport)[_ -]?number|tax[_ -]?id|connection[_ -]?string|(?:_|-|db|user|smtp|mail|admin|root)pass|(?<![A-Za-z0-9])(?:pw|pin|otp|cvv|cvc|ssn|sid|csrf|xsrf))(?:[_-]?(?:value|string|header|raw|hash))?";

/** In prose these say how things stand (`session: expired`); as a key of JSON or of a query they name a secret. */
const SECRET_KEY = String.raw`(?<![A-Za-z0-9])(?:auth|session|pass)(?==|${QUOTE}\s{0,4}[=:])`;

const HEADER = "(?:authorization|cookies?)";

const SIGN = /[=:]|%3[AaDd]/;

/** A secret word and what parts it from its value. */
export const SECRET_HEAD = String.raw`(?:${SECRET}|${SECRET_KEY})(?:${QUOTE})?\s{0,4}${SEPARATOR}\s{0,4}`;

/** The value behind a secret word: `password=…`, `"client_secret":"…"`, also as JSON within JSON. */
export const assignments = maskAssigned(
  // What may be long is at the end of the patterns, where nothing can fail behind it: time stays linear.
  `(?<head>${SECRET_HEAD})(?:(?<list>${LIST})|(?<quoted>${quotedAs("only")})|${WORD})`,
);

/** The same behind an option of a command: `--password hunter2`. */
export const commandOptions = maskAssigned(
  String.raw`(?<head>--(?:[a-z]{1,16}-){0,3}${SECRET}[ \t]{1,4}(?!-))(?:(?<quoted>${quotedAs("only")})|${WORD})`,
  Mark.space,
  /--[A-Za-z]/,
);

/** All of an Authorization, Cookie or Set-Cookie header: any scheme, and every cookie. */
export const headers = maskAssigned(
  String.raw`(?<head>${HEADER}(?:${QUOTE})?[ \t]{0,4}${SEPARATOR}[ \t]{0,4})(?:(?<list>${LIST})|(?<quoted>${quotedAs("only")})|(?<object>\{[^}\r\n]*)|${REST_OF_HEADER})`,
);

type Groups = Readonly<Record<"head" | "list" | "quoted" | "object" | "first" | "only", string | undefined>>;

function maskAssigned(source: string, marks: number = Mark.assignment, sign = SIGN): ValueRule {
  const pattern = new RegExp(source, "gi");
  const apply = (text: string, mask: Mask): string =>
    text.replace(pattern, (match: string, ...rest: unknown[]) =>
      maskValue(match, rest.at(-1) as Groups, mask),
    );
  return { marks, sign, apply };
}

function maskValue(match: string, groups: Groups, mask: Mask): string {
  const { head = "", list, quoted, object, first = "", only = "" } = groups;
  if (list !== undefined) return `${head}[${maskQuoted(list.slice(list.indexOf(first)), first, mask)}`;
  if (object !== undefined) return `${head}{${mask(object.slice(1))}`;
  return head + (quoted === undefined ? mask(match.slice(head.length)) : maskQuoted(quoted, only, mask));
}

/** Masks what is between the quotes; an empty text is no secret, and that it is empty may be the error. */
function maskQuoted(quoted: string, quote: string, mask: Mask): string {
  const end = quoted.length > quote.length && quoted.endsWith(quote) ? -quote.length : undefined;
  const inner = quoted.slice(quote.length, end);
  return inner === "" ? quoted : `${quote}${mask(inner)}${quote}`;
}
