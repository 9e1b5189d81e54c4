import { Mark } from "../marks.ts";
import { maskMatches } from "./value-rule.ts";

/** PEM, OpenSSH and PGP private keys, also those that were cut. */
export const privateKeys = maskMatches(
  Mark.space,
  /PRIVATE KEY/,
  /-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----|$)/g,
);
