import { Mark } from "../marks.ts";
import { LETTER, WORD } from "./letters.ts";
import { maskMatches } from "./value-rule.ts";

const LOCAL = `[${WORD}_.+%-]`;
const NAME = `[${WORD}_-]{1,63}`;
/** Ends in a name or is an IPv4 address; the versions of packages (`grpc-js@1.14.7`) do and are neither. */
const DOMAIN = String.raw`(?:${NAME}\.){1,8}(?:[${LETTER}]|xn--)[${WORD}_-]{1,62}|\d{1,3}(?:\.\d{1,3}){3}(?![\w.-])`;

/** Names of pictures for sharper screens (`logo@2x.png`) look like addresses. */
const PICTURE = String.raw`\dx\.(?:png|jpe?g|gif|webp|avif|svg|ico|bmp|tiff?|heic|pdf|mp4)(?![\w-])`;

/** E-mail addresses, also international ones. */
export const emails = maskMatches(
  Mark.at,
  /@/,
  new RegExp(`(?<![${WORD}_.+%-])${LOCAL}(?:${LOCAL}|'(?=${LOCAL})){0,63}@(?!${PICTURE})(?:${DOMAIN})`, "g"),
);

/** In a URL the @ is percent-encoded, once or twice; other such signs part the address from what is before it. */
export const encodedEmails = maskMatches(
  Mark.assignment,
  /%(?:25)?40/,
  new RegExp(`(?<![${WORD}_.+-])(?:[${WORD}_.+-]|%2[Bb]){1,64}%(?:25)?40(?:${DOMAIN})`, "g"),
);
