import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const page = readFileSync(join(import.meta.dirname, "../../../docs/TROUBLESHOOTING.md"), "utf8");

/** What each entry of the page shows of a terminal, by the entry's heading. */
export const ENTRIES: ReadonlyMap<string, readonly string[]> = new Map(
  page
    .split(/^### /m)
    .slice(1)
    .map((entry) => {
      const blocks = Array.from(entry.matchAll(/```text\n(.*?)```/gs), ([, block]) => block ?? "");
      const lines = blocks
        .join("")
        .split("\n")
        .filter((line) => line.trim() !== "");
      return [entry.slice(0, entry.indexOf("\n")), lines] as const;
    }),
);

/** Reproduces an entry of the page; the function returns all that was printed, which is held to what the page shows. */
export function entry(heading: string, reproduce: () => Promise<string>, timeout?: number): void {
  test(heading, { ...(timeout === undefined ? {} : { timeout }) }, async () => {
    const shown = ENTRIES.get(heading);
    expect(shown?.length, "the page has the entry, and shows how to see it").toBeGreaterThan(0);
    const printed = (await reproduce()).split("\n").map(squeeze);
    const missing = shown?.filter((line) => !printed.some((each) => asPattern(line).test(each)));
    expect(missing, printed.join("\n")).toEqual([]);
  });
}

function squeeze(line: string): string {
  return line.trim().replace(/\s+/g, " ");
}

/** On the page, `…` stands for anything, and columns need not line up. */
function asPattern(line: string): RegExp {
  return new RegExp(squeeze(line).split("…").map(literally).join(".*"));
}

function literally(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
