import { Mark } from "../marks.ts";
import { maskMatches } from "./value-rule.ts";

const SIGN = /:\\{0,3}\/\\{0,3}\//;

/**
 * Name and password in a URL. A password may hold slashes and at signs; but what looks like a port with a path
 * behind it is none, and the next URL begins anew, so that no text is read twice.
 */
export const urlPasswords = maskMatches(
  Mark.at,
  SIGN,
  /(:\\{0,3}\/\\{0,3}\/)[^\s/?#"'<>:@[]{0,256}:(?!\d{0,5}[/?#])(?:[^\s"'<>:]|:(?!\\{0,3}\/\\{0,3}\/)){1,1024}(?=@)/g,
);

/** What stands alone before the at sign of a URL: a name, a token, the key of a Sentry DSN. */
export const urlUsers = maskMatches(Mark.at, SIGN, /(:\\{0,3}\/\\{0,3}\/)[^\s/?#"'<>]{1,512}(?=@)/g);
