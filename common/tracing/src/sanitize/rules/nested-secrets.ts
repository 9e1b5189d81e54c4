import { Mark } from "../marks.ts";
import { MASKED, type Mask } from "../mask.ts";
import { SECRET_HEAD } from "./secret-words.ts";
import type { ValueRule } from "./value-rule.ts";

/** A secret word whose value is an object or a list, up to its bracket. */
const BEGIN = new RegExp(`${SECRET_HEAD}(?=[{[])(?!${MASKED})`, "gi");

/** An object or a list behind a secret word is one secret, whatever its own keys are: `{"password":{"old":"…","new":"…"}}`. */
export const nestedSecrets: ValueRule = {
  marks: Mark.assignment,
  sign: /[=:>DdAa]\s{0,4}[{[]/,
  apply(text, mask) {
    let result = "";
    let done = 0;
    let seen = 0;
    for (const { index, 0: head } of text.matchAll(BEGIN)) {
      const from = index + head.length;
      // What is within a value has been looked at with it: time stays linear.
      if (index < seen) continue;
      const { end, isOfTexts } = readValue(text, from);
      seen = end;
      if (isOfTexts) continue;
      result += text.slice(done, from) + maskOnce(text.slice(from, end), mask);
      done = end;
    }
    return done === 0 ? text : result + text.slice(done);
  },
};

/** Brackets without anything between them are no secret, and that there is none may be the error. */
function maskOnce(value: string, mask: Mask): string {
  return /^[{[]\s*[}\]]?$/.test(value) ? value : mask(value);
}

/**
 * Where the object or list that begins at `from` ends, or the text, if it was cut; and whether it is a list of nothing but
 * quoted texts, which are masked within their quotes.
 */
function readValue(text: string, from: number): { end: number; isOfTexts: boolean } {
  let depth = 0;
  let isOfTexts = text[from] === "[";
  for (let at = from; at < text.length; at++) {
    const character = text[at] as string;
    if (QUOTES.has(character)) at = endOfQuoted(text, at);
    else if (character === "{" || character === "[") {
      if (depth++ > 0) isOfTexts = false;
    } else if (character === "}" || character === "]") {
      if (--depth === 0) return { end: at + 1, isOfTexts };
    } else if (!BETWEEN_TEXTS.has(character)) isOfTexts = false;
  }
  return { end: text.length, isOfTexts };
}

const QUOTES = new Set(['"', "'", "`"]);
const BETWEEN_TEXTS = new Set([" ", "\t", "\r", "\n", ",", "\\"]);

/** The place of the closing quote, which has as many backslashes before it as the first; the last place if there is none. */
function endOfQuoted(text: string, from: number): number {
  const quote = text[from] as string;
  const backslashes = backslashesBefore(text, from);
  for (let at = text.indexOf(quote, from + 1); at !== -1; at = text.indexOf(quote, at + 1))
    if (backslashesBefore(text, at) === backslashes) return at;
  return text.length - 1;
}

/** JSON that lies as text within JSON has one, three, seven of them; more are not counted, so that time stays linear. */
function backslashesBefore(text: string, at: number): number {
  let count = 0;
  while (count < 15 && text[at - 1 - count] === "\\") count++;
  return count;
}
