import { expect, test } from "vitest";
import { MEASUREMENTS, parseOptions } from "./options.ts";
import { groupsOf } from "./requests/cases.ts";
import { LEAD_IN } from "./requests/subject.ts";
import { VARIANTS } from "./requests/variants.ts";

const groups = (...args: string[]) =>
  groupsOf(parseOptions(args).choice).map(({ shape, failing, variants }) => ({
    load: `${shape} ${failing}`,
    variants: variants.map(({ name }) => name),
  }));

test("without options everything is measured, and the document written", () => {
  expect(parseOptions([])).toMatchObject({ measurements: MEASUREMENTS, document: true, sources: false });
  const all = groups();
  expect(all.map(({ load }) => load)).toEqual([
    "leaf 0",
    "leaf 1",
    "leaf 10",
    "chain 0",
    "chain 1",
    "chain 10",
    "stream 0",
  ]);
  expect(all[0]?.variants).toEqual(VARIANTS.map(({ name }) => name));
});

test("what is compared under failing requests has its own untraced service under the same ones", () => {
  for (const { variants } of groups("--failing", "1,10"))
    expect(variants).toEqual([
      "untraced",
      "tracekeep-1",
      "tracekeep-100",
      "tracekeep-1-not-keeping",
      "tracekeep-100-not-keeping",
    ]);
});

test("--quick measures leaf and chain in a few minutes, and leaves the document alone", () => {
  const quick = parseOptions(["--quick"]);
  expect(quick).toMatchObject({ measurements: ["requests"], document: false });
  expect(quick.json).toMatch(/results\.local\.json$/);
  const variants = ["untraced", "untraced-again", "tracekeep-1", "tracekeep-100"];
  expect(groups("--quick")).toEqual([
    { load: "leaf 0", variants },
    { load: "chain 0", variants },
  ]);
  const measurements = groupsOf(quick.choice).reduce((sum, group) => sum + group.variants.length, 0);
  const ofOne = quick.warmupSeconds + quick.turns * (LEAD_IN + quick.seconds);
  expect(quick.rounds * measurements * ofOne).toBeLessThan(240);
});

test("the reference and its control are measured whatever is chosen", () => {
  expect(groups("--shape", "stream", "--variants", "datadog-1")).toEqual([
    { load: "stream 0", variants: ["untraced", "untraced-again", "datadog-1"] },
  ]);
});

test("names choose what is measured, and their order does not matter", () => {
  expect(parseOptions(["micro", "growth"]).measurements).toEqual(["growth", "micro"]);
  expect(parseOptions(["document"])).toMatchObject({ measurements: [], document: true });
});

test("results in a file of one's own make no document", () => {
  expect(parseOptions(["--json", "mine.json"])).toMatchObject({ json: "mine.json", document: false });
});

test.each([
  [["--fast"], "--fast"],
  [["speed"], "speed: expected one of requests, startup, growth, profile, micro, document"],
  [["--rounds", "1.5"], "--rounds 1.5: expected a whole number from 1 to 1000"],
  [["--turns", "0"], "--turns 0: expected a whole number from 1 to 1000"],
  [["--seconds", "0"], "--seconds 0: expected a number from 0.1 to 600"],
  [["--requests", ""], "--requests : expected a whole number from 1000 to 1000000000"],
  [["--shape", "star"], "--shape star: expected one of leaf, chain, stream"],
  [["--failing", "1,5"], "--failing 5: expected one of 0, 1, 10"],
  [["--variants", "untraced,zipkin"], "--variants zipkin: expected one of untraced"],
])("%j is refused with the reason", (args, reason) => {
  expect(() => parseOptions(args)).toThrow(reason);
});
