import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { describeMachine } from "../machine.ts";
import type { Figures } from "../requests/figures.ts";
import type { RoundResult } from "../requests/rounds.ts";
import { type BenchResults, formatResults, readResults, replaceResults, roundsOf } from "../results.ts";
import { barChart } from "./bar-chart.ts";
import { composeDocument } from "./compose-document.ts";
import { formatGoals, GOALS, judge } from "./goals.ts";

const docs = join(import.meta.dirname, "../../docs");
const machine = describeMachine();

const FIGURES: Figures = {
  requestsPerSecond: 5_000,
  cpuPerRequest: 100,
  p50: 5,
  p99: 20,
  rss: 100,
  heap: 15,
  gcPerRequest: 5,
  eventLoopDelay: 10,
  bytesPerRequest: 0,
  spanBytesPerRequest: 0,
  spansPerRequest: 0,
};

/** Rounds of untraced and one other variant, of which the figures given differ. */
function measured(variant: string, own: Partial<Figures>, noise = 0, count = 10): BenchResults {
  const place = { shape: "leaf", failing: 0, droppedSpans: 0 } as const;
  const rounds = Array.from({ length: count }, (_, index): RoundResult[] => {
    const factor = 1 + noise * (index % 2 === 0 ? 1 : -1);
    const cpuPerRequest = (own.cpuPerRequest ?? FIGURES.cpuPerRequest) * factor;
    return [
      { ...place, round: index + 1, variant: "untraced", figures: FIGURES },
      { ...place, round: index + 1, variant, figures: { ...FIGURES, ...own, cpuPerRequest } },
    ];
  }).flat();
  const settings = { rounds: 10, turns: 4, seconds: 1.5, warmupSeconds: 8 };
  return { loads: [{ machine, library: "published", settings, peers: { "dd-trace": "6.21.0" }, rounds }] };
}

const goal = (title: string) => {
  const found = GOALS.find((one) => one.title === title);
  if (found === undefined) throw new Error(`There is no goal ${title}.`);
  return found;
};

test("the document and its pictures are what is made of the results", () => {
  const results = readResults(join(import.meta.dirname, "../results.json"));
  const files = composeDocument(results);
  const written = ["PERFORMANCE.md", ...globSync("performance/*", { cwd: docs })].sort();
  expect(written).toEqual([...files.keys()].sort());
  for (const [name, content] of files) expect(readFileSync(join(docs, name), "utf8"), name).toBe(content);
});

test("a goal is met or missed by the results alone", () => {
  const cpu = goal("CPU, leaf, 1 %");
  expect(judge(cpu, measured("tracekeep-1", { cpuPerRequest: 109 }))).toBe("met");
  expect(judge(cpu, measured("tracekeep-1", { cpuPerRequest: 111 }))).toBe("missed");
  expect(judge(cpu, measured("opentelemetry-1", { cpuPerRequest: 109 }))).toBe("not measured");
  expect(judge(goal("latency p50, leaf, 1 %"), measured("tracekeep-1", { p50: 5.3 }))).toBe("missed");
  const shown = formatGoals(measured("tracekeep-1", { cpuPerRequest: 111 }));
  expect(shown).toContain("| CPU, leaf, 1 % | ≤ 1.1 × | 1.110 (1.110–1.110) | missed |");
});

test("tracing that is switched off is judged by the upper bound, not by the median", () => {
  const disabled = goal("CPU, leaf, disabled");
  expect(judge(disabled, measured("tracekeep-disabled", { cpuPerRequest: 101 }))).toBe("met");
  expect(judge(disabled, measured("tracekeep-disabled", { cpuPerRequest: 101 }, 0.03))).toBe("missed");
  expect(judge(disabled, measured("tracekeep-disabled", { cpuPerRequest: 101 }, 0, 4))).toBe(
    "too few rounds",
  );
});

test("start is judged by the median of its processes, bytes by those of full sampling", () => {
  const starts = [140, 120, 900].map((instrumentMs) => ({
    variant: "tracekeep-1",
    startMs: 300,
    instrumentMs,
    rss: 90,
  }));
  const start = goal("start: `import` and `startTracing`");
  expect(judge(start, { startup: { machine, library: "published", starts } })).toBe("met");
  const [run] = measured("tracekeep-1", { bytesPerRequest: 3 }).loads ?? [];
  const all = roundsOf(measured("tracekeep-100", { bytesPerRequest: 40 }));
  const rounds = [...(run?.rounds ?? []), ...all.filter(({ variant }) => variant !== "untraced")];
  const failing = rounds.map((round) => ({ ...round, failing: 1 as const }));
  const bytes = goal("bytes sent at 1 % to those at 100 %, leaf, 1 % fail");
  expect(judge(bytes, run === undefined ? {} : { loads: [{ ...run, rounds: failing }] })).toBe("missed");
});

test("the document says where, when and with what was measured", () => {
  const text = composeDocument(measured("tracekeep-1", {})).get("PERFORMANCE.md");
  for (const fact of [
    machine.cpu,
    machine.node,
    machine.grpcJs,
    machine.date.slice(0, 10),
    "dd-trace 6.21.0",
  ])
    expect(text).toContain(fact);
  expect(text).toContain("warmed up for 8 s each and then measured in turns, 4 times 1.5 s");
});

test("a profile is shown by part and shape, without parts that take next to nothing", () => {
  const shares = [
    { area: "grpc-js", share: 0.6 },
    { area: "Tracekeep: recorder", share: 0.0399 },
    { area: "Tracekeep: text", share: 0.0004 },
  ];
  const profiles = [
    { shape: "leaf", shares },
    { shape: "chain", shares: [{ area: "grpc-js", share: 0.5 }] },
  ] as const;
  const text = composeDocument({ profile: { machine, library: "sources", profiles } }).get("PERFORMANCE.md");
  expect(text).toContain("|  | leaf | chain |\n| --- | --: | --: |\n| grpc-js | 60.0 % | 50.0 % |");
  expect(text).toContain("| Tracekeep: recorder | 4.0 % | 0.0 % |");
  expect(text).not.toContain("Tracekeep: text");
});

test("what has not been measured has no section and no picture, and its goals say so", () => {
  const files = composeDocument({});
  expect([...files.keys()]).toEqual(["PERFORMANCE.md"]);
  const lines = files.get("PERFORMANCE.md")?.split("\n") ?? [];
  expect(lines.filter((line) => line.endsWith("| not measured |"))).toHaveLength(GOALS.length);
});

test("a bar is as long as its value, and names cannot break the picture", () => {
  const bar = (label: string, value: number) => ({ label, value, written: `${value}`, own: false });
  const svg = barChart("A & B", [{ title: "<leaf>", bars: [bar("one", 1), bar('"two"', 2)] }]);
  const widths = Array.from(svg.matchAll(/<rect [^>]* width="([\d.]+)"/g), ([, width]) => Number(width));
  expect(widths[1]).toBeCloseTo(2 * (widths[0] ?? 0), 0);
  expect(svg).toContain("&lt;leaf>");
  expect(svg).toContain('aria-label="A &amp; B"');
});

test("a load that is measured again takes the place of what it was, and the others stay", () => {
  const onStreams = (results: BenchResults, date: string): BenchResults => ({
    loads: (results.loads ?? []).map((run) => ({
      ...run,
      machine: { ...machine, date },
      rounds: run.rounds.map((round) => ({ ...round, shape: "stream" as const })),
    })),
  });
  const leaf = measured("tracekeep-1", { cpuPerRequest: 109 });
  const before = onStreams(measured("tracekeep-1", { cpuPerRequest: 120 }), "2001-01-01");
  const again = onStreams(measured("tracekeep-1", { cpuPerRequest: 101 }), "2002-02-02");
  const results = replaceResults(replaceResults(replaceResults({}, leaf), before), again);

  expect(results.loads).toHaveLength(2);
  expect(judge(goal("CPU, leaf, 1 %"), results)).toBe("met");
  expect(judge(goal("CPU, a message of a stream, 1 %"), results)).toBe("met");
  const text = composeDocument(results).get("PERFORMANCE.md") ?? "";
  expect(text).toMatch(new RegExp(`### Leaf[^#]*${machine.date.slice(0, 10)}[^#]*### Stream[^#]*2002-02-02`));
  expect(text).not.toContain("2001-01-01");
  expect(replaceResults(results, {}).loads).toEqual(results.loads);
});

test("results keep their meaning in the file, with a line for each measurement", () => {
  const results = measured("tracekeep-1", { cpuPerRequest: 123.456789 });
  const text = formatResults(results);
  expect(JSON.parse(text).loads[0].rounds[1].figures.cpuPerRequest).toBe(123.457);
  const sizes = [{ dimension: "record", size: 268_435_456, cpuPerRequest: 7.1234567 }] as const;
  const growth = { machine, library: "published", sizes, uptime: [] } as const;
  expect(JSON.parse(formatResults({ growth })).growth.sizes).toEqual([
    { ...sizes[0], cpuPerRequest: 7.12346 },
  ]);
  expect(text.split("\n").filter((line) => line.includes('"round":'))).toHaveLength(20);
});
