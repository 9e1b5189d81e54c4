import { faultOf } from "./key-rules.ts";

/**
 * Reads the user's own key rules, separated by commas: words (`tenant_code`, anywhere in a key) and globs of whole
 * keys (`*_secret`, `x-?-key`). Throws an Error that names the one at fault.
 */
export function parseKeyRules(text: string): string[] {
  const rules = text
    .split(",")
    .map((rule) => rule.trim())
    .filter((rule) => rule !== "");
  const fault = rules.map(faultOf).find((found) => found !== undefined);
  if (fault !== undefined) throw new Error(fault);
  return rules;
}
