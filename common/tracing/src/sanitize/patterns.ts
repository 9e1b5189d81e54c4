/** Reads the user's own value rules: regular expressions separated by white space. Throws an Error that names the one at fault. */
export function parsePatterns(text: string): RegExp[] {
  return text
    .split(/\s+/)
    .filter((source) => source !== "")
    .map((source) => {
      try {
        return new RegExp(source, "gu");
      } catch (fault) {
        throw new Error(`has a pattern that does not compile (${(fault as Error).message})`);
      }
    });
}
