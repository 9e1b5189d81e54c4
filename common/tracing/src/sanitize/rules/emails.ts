import { Mark } from "../marks.ts";
import { maskMatches } from "./value-rule.ts";

const LOCAL = String.raw`[\p{L}\p{N}_.+%-]`;
const NAME = String.raw`[\p{L}\p{N}_-]{1,63}`;
/** Ends in a name or is an IPv4 address; the versions of packages (`grpc-js@1.14.7`) do and are neither. */
const DOMAIN = String.raw`(?:${NAME}\.){1,8}(?:\p{L}|xn--)[\p{L}\p{N}_-]{1,62}|\d{1,3}(?:\.\d{1,3}){3}(?![\w.-])`;

/** E-mail addresses, also international ones; images such as `logo@2x.png` are none. */
export const emails = maskMatches(
  Mark.at,
  /@/,
  new RegExp(
    String.raw`(?<![\p{L}\p{N}_.+%-])${LOCAL}(?:${LOCAL}|'(?=${LOCAL})){0,63}@(?!\dx\.)(?:${DOMAIN})`,
    "gu",
  ),
);

/** In a URL the @ is percent-encoded, once or twice; other such signs part the address from what is before it. */
export const encodedEmails = maskMatches(
  Mark.assignment,
  /%(?:25)?40/,
  new RegExp(String.raw`(?<![\p{L}\p{N}_.+-])(?:[\p{L}\p{N}_.+-]|%2[Bb]){1,64}%(?:25)?40(?:${DOMAIN})`, "gu"),
);
