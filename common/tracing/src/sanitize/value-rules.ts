import { maskAssignments, maskHeaders, REST_OF_HEADER } from "./assignments.ts";
import { maskCardNumbers } from "./card-numbers.ts";
import { isIban } from "./checksums.ts";
import { MASK } from "./mask.ts";

/** Finds one kind of secret in free text and masks it. Every quantifier is bounded, so that time is linear. */
interface ValueRule {
  /** A cheap sign without which the rule cannot match. */
  readonly sign: RegExp;
  apply(text: string): string;
}

function rule(sign: RegExp, pattern: RegExp, replacement: string | ((match: string) => string)): ValueRule {
  return { sign, apply: (text) => text.replace(pattern, replacement as string) };
}

/** In this order: a rule sees what the ones before it left. */
const VALUE_RULES: readonly ValueRule[] = [
  rule(
    /PRIVATE KEY/,
    /-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,30}PRIVATE KEY-----|$)/g,
    MASK,
  ),
  // A password may hold slashes and at signs; but what looks like a port with a path behind it is none,
  // and the next URL begins anew, so that no text is read twice.
  rule(
    /:\\{0,3}\/\\{0,3}\//,
    /(:\\{0,3}\/\\{0,3}\/)[^\s/?#"'<>:@[]{0,256}:(?!\d{0,5}[/?#])(?:[^\s"'<>:]|:(?!\\{0,3}\/\\{0,3}\/)){1,1024}@/g,
    `$1${MASK}@`,
  ),
  rule(/:\\{0,3}\/\\{0,3}\//, /(:\\{0,3}\/\\{0,3}\/)[^\s/?#"'<>]{1,512}@/g, `$1${MASK}@`),
  { sign: /authorization|cookie/i, apply: maskHeaders },
  rule(/eyJ/, /(?<![A-Za-z_-])eyJ[\w-]{10,}(?:\.[\w-]*){0,4}/g, MASK),
  rule(/bearer/i, /\b(bearer)\s{1,4}(?!\[Filtered\])[\w.~+/=-]{8,}/gi, `$1 ${MASK}`),
  rule(/basic/i, /\b([Bb]asic|BASIC)\s{1,4}(?=\S{0,200}[\dA-Z=+/])[\w+/=-]{8,}/g, `$1 ${MASK}`),
  rule(
    /AWS4-|Digest|N(?:egotiate|TLM)/,
    new RegExp(
      String.raw`\b(AWS4-HMAC-SHA256|Digest(?=\s{1,4}(?:username|realm|nonce|uri|response|qop)=)|(?:Negotiate|NTLM)(?=\s{1,4}[\w+/]{16}))[ \t]{1,4}${REST_OF_HEADER}`,
      "g",
    ),
    `$1 ${MASK}`,
  ),
  { sign: /[=:]|%3[AaDd]/, apply: maskAssignments },
  rule(
    /@/,
    /(?<![\p{L}\p{N}_.+%-])[\p{L}\p{N}_.+%-]{1,64}@[\p{L}\p{N}_-]{1,63}(?:\.[\p{L}\p{N}_-]{1,63}){1,8}/gu,
    MASK,
  ),
  // In a URL the @ is percent-encoded, once or twice; other such signs part the address from what is before it.
  rule(
    /%(?:25)?40/,
    /(?<![\p{L}\p{N}_.+-])(?:[\p{L}\p{N}_.+-]|%2[Bb]){1,64}%(?:25)?40[\p{L}\p{N}_-]{1,63}(?:\.[\p{L}\p{N}_-]{1,63}){1,8}/gu,
    MASK,
  ),
  // Unbounded, so that no card lies across the end of a run; a run begins but a few times, so time stays linear.
  rule(/\d{4}/, /(?<![\w.-])\d(?:[ -]?\d){12,}(?![\w-]|\.\d)/g, maskCardNumbers),
  rule(/[A-Z]{2}\d{2}/, /\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b/g, (match) =>
    isIban(match.replaceAll(" ", "")) ? MASK : match,
  ),
  rule(/\+\d/, /(?<![\w+])\+\d(?:[ ().-]{0,2}\d){7,14}(?![\w.-]\d|\d)/g, MASK),
  rule(/\/(?:home|Users)\//, /(\/(?:home|Users)\/)(?!\[Filtered\])[^/\s:"')]{1,64}/g, `$1${MASK}`),
];

/** A text in which none of the signs stands needs no rule at all. */
const ANY_SIGN =
  /[@:=%]|\d{4}|eyJ|[Bb](?:earer|asic)|B(?:EARER|ASIC)|PRIVATE KEY|N(?:egotiate|TLM)|\+\d|\/(?:home|Users)\//;

/** Compiles the built-in rules and the user's own patterns into one function. */
export function compileValueRules(patterns: readonly RegExp[]): (text: string) => string {
  const own = patterns.map((pattern) => new RegExp(pattern.source, "gu"));
  return (text) => {
    let result = text;
    for (const pattern of own) result = result.replace(pattern, (match) => (match === "" ? match : MASK));
    if (!ANY_SIGN.test(result)) return result;
    for (const { sign, apply } of VALUE_RULES) if (sign.test(result)) result = apply(result);
    return result;
  };
}
