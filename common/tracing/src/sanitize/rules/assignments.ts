import { Mark } from "../marks.ts";
import { LIST, maskAssigned, QUOTE, quotedAs, REST_OF_HEADER, SEPARATOR, WORD } from "./assigned-value.ts";
import { HEADER, SECRET, SECRET_HEAD } from "./secret-words.ts";

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
