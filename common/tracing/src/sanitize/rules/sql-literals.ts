import type { Mask } from "../mask.ts";

/** Names in quotes are skipped, so that an apostrophe in one begins no text. */
const NAME = '"[^"]*"|`[^`]*`';
/** A text; with a backslash before an apostrophe dialects disagree where it ends, so all that follows is one. */
const TEXT = String.raw`'(?:[^'\\]|''|\\(?!'))*(?:'|$|\\'[\s\S]*)|\$(?<tag>[a-z_]{0,32})\$[\s\S]*?(?:\$\k<tag>\$|$)`;
/** A number that stands where a value does: no part of a name, a placeholder or a mask. */
const NUMBER = String.raw`(?<=[=<>(,+*/%-]\s{0,4}|\b(?:in|limit|offset|between|and|like|then|else|when)\s{1,4})\d[\w.]*`;

const TOKEN = new RegExp(`${NAME}|(?<text>${TEXT})|(?<number>${NUMBER})`, "gi");

/** Without one of these there is no value in it; most statements have placeholders. */
const SIGN = /'|\$[a-z_]{0,32}\$|[^$\w]\d/i;

/** Masks the values that are written into a statement; names, placeholders and keywords stay. */
export function maskLiterals(statement: string, mask: Mask): string {
  if (!SIGN.test(statement)) return statement;
  return statement.replace(TOKEN, (token: string, ...rest: unknown[]) => {
    const { text, number } = rest.at(-1) as { text?: string; number?: string };
    if (number !== undefined) return mask(number);
    if (text === undefined || text === "''") return token;
    return text.startsWith("'")
      ? `'${mask(text.slice(1, text.endsWith("'") ? -1 : undefined))}'`
      : mask(text);
  });
}
