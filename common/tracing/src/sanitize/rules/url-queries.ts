import { Mark } from "../marks.ts";
import { endsMasked, type Mask } from "../mask.ts";
import type { ValueRule } from "./value-rule.ts";

// Up to a space, a quote or a fragment. What goes on behind an apostrophe belongs to it: `name=O'Brien`.
const TEXT = String.raw`(?:[^\s#"'<>${"`"}\\]|'(?=\w)|\\(?=\/))`;
const NAMED = String.raw`(?=[\w%[$][\w.~%+$\[\]*!@:-]{0,127}=)`;
/** A query without names is told from a question mark only behind a URL; no question mark is passed twice. */
const BEHIND_URL = String.raw`(?<=:\\{0,3}\/\\{0,3}\/[^\s?#"'<>]{1,1024}\?)`;

const QUERY = new RegExp(String.raw`(?<=[^\s?(])\?(?:${NAMED}|${BEHIND_URL})${TEXT}+`, "g");

/** Behind a script in a stack trace stands the place in it: `app.js?v=1:30:5`. */
const SCRIPT = /\.[cm]?[jt]sx?$/;
const PLACE = /:\d{1,9}(?::\d{1,9})?$/;
const CLOSING = new Set(")]},.;:!");

/** Queries of URLs and paths: any value may be personal, so all are masked; the names stay. */
export const urlQueries: ValueRule = {
  marks: Mark.question,
  sign: /\?/,
  apply: (text, mask) =>
    text.replace(QUERY, (match: string, at: number) => {
      const end = endOfQuery(match);
      const place = SCRIPT.test(text.slice(Math.max(0, at - 5), at))
        ? (PLACE.exec(match.slice(0, end).slice(-20))?.[0].length ?? 0)
        : 0;
      return `?${maskQuery(match.slice(1, end - place), mask)}${match.slice(end - place)}`;
    }),
};

/** Masks every value of a query without its question mark: `id=7&token=x`. */
export function maskQuery(query: string, mask: Mask): string {
  return query.split("&").map(maskParameter(mask)).join("&");
}

/** Masks the query of a URL or of a path, whatever it looks like. */
export function maskQueryOf(url: string, mask: Mask): string {
  const at = url.indexOf("?");
  if (at < 0) return url;
  const fragment = url.indexOf("#", at);
  const end = fragment < 0 ? url.length : fragment;
  return url.slice(0, at + 1) + maskQuery(url.slice(at + 1, end), mask) + url.slice(end);
}

function maskParameter(mask: Mask): (parameter: string) => string {
  return (parameter) => {
    const from = parameter.indexOf("=") + 1;
    return from === parameter.length ? parameter : parameter.slice(0, from) + mask(parameter.slice(from));
  };
}

/** Marks that close a sentence or a bracket around the URL are not part of it. */
function endOfQuery(match: string): number {
  let end = match.length;
  while (end > 1 && CLOSING.has(match.charAt(end - 1)) && !endsMasked(match.slice(0, end).slice(-32))) end--;
  return end;
}
