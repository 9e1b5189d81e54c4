import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { documentedFaults } from "./document.ts";
import { FAULTS } from "./faults.ts";
import { judge } from "./harness/judge.ts";
import { runFault } from "./harness/run-fault.ts";

// The longest first: the others run beside it.
const longestFirst = FAULTS.toSorted((a, b) => (b.rounds ?? 0) - (a.rounds ?? 0));

describe.concurrent("what was to be delivered is, the rest is dropped and counted, all calls are answered", () => {
  for (const fault of longestFirst) {
    test(fault.name, { timeout: 180_000 }, async ({ expect }) => {
      const measured = await runFault(fault);
      expect(judge(fault, measured), JSON.stringify(measured)).toEqual([]);
    });
  }
});

test("docs/RELIABILITY.md has the faults of the table, with what was expected of them", () => {
  const text = readFileSync(new URL("../../docs/RELIABILITY.md", import.meta.url), "utf8");
  expect(documentedFaults(text)).toEqual(FAULTS.map(({ name }) => name));
  for (const { does } of FAULTS) expect(text).toContain(does);
});
