import { Mark } from "../marks.ts";
import { MASKED } from "../mask.ts";
import { maskMatches } from "./value-rule.ts";

/** Who is logged in, in paths of Unix and Windows. */
export const homeDirectories = maskMatches(
  Mark.path,
  /[/\\](?:home|Users)[/\\]/,
  new RegExp(
    String.raw`((?:(?<![\w.-]{2})|(?<=\/(?:var|export|usr)))\/(?:home|Users)\/|\\{1,2}Users\\{1,2})(?:${MASKED}|[^/\\\s:"')]{1,64}(?:(?<=\\{1,2}Users\\{1,2}[^\\]{1,64})(?: [^/\\\s:"')]{1,64}){1,3}(?=\\))?)`,
    "g",
  ),
);
