import { expect, test } from "vitest";
import { planOwnership } from "../../../src/cli/sentry/plan/ownership.ts";
import { asked, runSentry, SHIPPED } from "./harness/project-file.ts";
import { startSentry } from "./harness/sentry-server.ts";

const BEGIN = "# Tracekeep: begin, from the project's file";
const END = "# Tracekeep: end";
const RULES = [
  "tags.service:* #platform",
  "tags.service:ledger #payments",
  "tags.service:treasury #payments",
];
const OURS = [BEGIN, ...RULES, END];
const OLD = "tags.service:gone #platform";
const MINE = "path:mine/* #payments";
const ALSO_MINE = "# by hand";

const NO_HALF = "mark of Tracekeep's without its other half: \"# Tracekeep:";
const TWO_BLOCKS = "2 blocks of Tracekeep's";
const BETWEEN = `not its own, and stays, behind them: ${MINE}`;

test.each([
  ["no end", [BEGIN, ...RULES, MINE], [...OURS, MINE], NO_HALF],
  ["no begin", [MINE, ...RULES, END, ALSO_MINE], [MINE, ...OURS, ALSO_MINE], NO_HALF],
  ["no end, and old rules", [BEGIN, OLD, MINE], [...OURS, OLD, MINE], NO_HALF],
  ["end before begin", [END, MINE, BEGIN, ...RULES], [MINE, ...OURS], NO_HALF],
  ["end before a whole block", [END, MINE, ...OURS], [MINE, ...OURS], NO_HALF],
  ["two begins", [BEGIN, ...RULES, MINE, ...OURS, ALSO_MINE], [MINE, ...OURS, ALSO_MINE], NO_HALF],
  ["two whole blocks", [...OURS, MINE, ...OURS, ALSO_MINE], [MINE, ...OURS, ALSO_MINE], TWO_BLOCKS],
  ["a block in a block", [BEGIN, OLD, ...OURS, MINE, END], [OLD, ...OURS, MINE], NO_HALF],
  ["another's rule in the block", [BEGIN, MINE, ...RULES, END], [...OURS, MINE], BETWEEN],
])("marks that somebody broke are mended, and no rule of others goes: %s", async (_, lines, mended, odd) => {
  const server = await startSentry();
  server.state.ownership = lines.join("\n");
  const { changes, notes } = await asked(server, ["apply"]);
  expect(changes[0]).toMatchObject({
    kind: "ownership",
    action: "update",
    fields: expect.arrayContaining([{ field: "marks", to: "one pair, around these rules alone" }]),
  });
  expect(notes.length).toBeGreaterThan(0);
  for (const note of notes) expect(note).toContain(odd);
  expect(server.state.ownership.split("\n")).toEqual(mended);
  expect(await asked(server, ["plan"])).toMatchObject({ changes: [], notes: [] });
});

test("the plan for people says what is odd, too", async () => {
  const server = await startSentry();
  server.state.ownership = [BEGIN, ...RULES, MINE].join("\n");
  const { stdout } = await runSentry(server, ["plan"]);
  expect(stdout).toContain("    marks: one pair, around these rules alone\n");
  expect(stdout).toContain("! the ownership rules have a mark of Tracekeep's without its other half");
});

test("a file without rules leaves ours alone, and takes them with --prune, without what others wrote", async () => {
  const server = await startSentry();
  const before = [ALSO_MINE, BEGIN, MINE, ...RULES, END].join("\n");
  server.state.ownership = before;
  const text = SHIPPED.replace(/^ownership:\n(?: .*\n)+/m, "");
  expect(await asked(server, ["apply"], text)).toMatchObject({ surplus: [{ kind: "ownership" }] });
  expect(server.state.ownership).toBe(before);
  await asked(server, ["apply", "--prune"], text);
  expect(server.state.ownership).toBe(`${ALSO_MINE}\n${MINE}`);
});

test("another order of rules is a change that is told, for the last one that matches counts", async () => {
  const server = await startSentry();
  server.state.ownership = [BEGIN, ...RULES.toReversed(), END].join("\n");
  const { changes } = await asked(server, ["apply"]);
  expect(changes[0]?.fields).toEqual([{ field: "order", to: "as in the file" }]);
  expect(server.state.ownership.split("\n")).toEqual(OURS);
});

test("however the marks stand, one apply suffices, and what stands outside a pair stays in its order", async () => {
  const wanted = [{ service: "ledger", teams: ["payments"] }];
  const [rule = ""] = RULES.slice(1, 2);
  const letters = { B: BEGIN, E: END, r: rule, o: OLD, m: MINE, " ": "" } as const;
  const apply = async (raw: string): Promise<string> => {
    let text = raw;
    const client = {
      async setOwnership(now: string): Promise<void> {
        text = now;
      },
    };
    for (const { make } of planOwnership(wanted, raw).changes) await make(client as never, new Map());
    return text;
  };
  for (const word of wordsOf("BErom ", 5)) {
    const once = await apply(
      Array.from(word, (letter) => letters[letter as keyof typeof letters]).join("\n"),
    );
    // In a pair only a foreign rule is another's; a rule of the file may be taken as ours anywhere.
    const others = word
      .replaceAll(/B[^BE]*E/g, (block) => block.replaceAll(/[^m]/g, ""))
      .replaceAll(/[^om]/g, "");
    const kept = once.split("\n").filter((line) => line === OLD || line === MINE);
    expect(kept, word).toEqual(Array.from(others, (letter) => (letter === "o" ? OLD : MINE)));
    const block = [BEGIN, rule, END].join("\n");
    expect(once.split(block), word).toHaveLength(2);
    expect(once.replace(block, ""), word).not.toContain("# Tracekeep");
    expect(await apply(once), word).toBe(once);
  }
});

function* wordsOf(letters: string, longest: number, begun = ""): Generator<string> {
  yield begun;
  if (begun.length < longest) for (const letter of letters) yield* wordsOf(letters, longest, begun + letter);
}
