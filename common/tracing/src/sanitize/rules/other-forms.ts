import { Mark } from "../marks.ts";
import { maskAssigned, QUOTE, quotedAs } from "./assigned-value.ts";
import { HEADER, SECRET } from "./secret-words.ts";
import { maskMatches } from "./value-rule.ts";

/** The value behind a secret word as Postgres tells of a key that is taken: `Key (tenant, token)=(4, abc) already exists.` */
export const takenKeys = maskMatches(
  Mark.assignment,
  /\)=\(/,
  new RegExp(
    String.raw`(\([^()\n]{0,128}(?:\([^()\n]{0,64})?${SECRET}[^()\n]{0,64}\){1,2}=\()[^\n]{1,512}?(?=\)(?:\s(?:already|is|conflicts)|\.?$|["'\n]))`,
    "gi",
  ),
);

/** The same in XML: `<password>hunter2</password>`, `<wsse:Password Type="text">hunter2<`. */
export const elements = maskMatches(
  Mark.path,
  /<\//,
  new RegExp(
    String.raw`(<(?:[\w.-]{1,32}:)?[\w.-]{0,32}?${SECRET}(?:\s[^<>]{0,256})?(?<!\/)>\s{0,8})(?!\s|$)[^<]{1,1024}(?=<)`,
    "gi",
  ),
);

/** The same as a name and a value: `{"name":"password","value":"hunter2"}`. */
export const namedValues = maskAssigned(
  String.raw`(?<head>${QUOTE}?(?:name|key|header)${QUOTE}?\s{0,4}[=:]\s{0,4}(?<name>${QUOTE})[\w. -]{0,32}?(?:${SECRET}|${HEADER})\k<name>\s{0,4},?\s{0,4}${QUOTE}?value${QUOTE}?\s{0,4}[=:]\s{0,4})(?<quoted>${quotedAs("only")})`,
  Mark.assignment,
  /value/i,
);

/** The same in SQL: `ALTER ROLE app PASSWORD 'hunter2'`, `IDENTIFIED BY 'hunter2'`. */
export const passwordLiterals = maskMatches(
  Mark.space,
  /[Pp]assword\s|PASSWORD\s|BY\s|by\s/,
  /((?<![\w'"])(?:password|identified by(?: password)?)\s{1,4}')(?:[^'\\\n]|''|\\.){1,512}/gi,
);
