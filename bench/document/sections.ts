import { DIMENSIONS } from "../growth/dimensions.ts";
import { growthOf, uptimeOf } from "../growth/summaries.ts";
import type { Share } from "../profile/areas.ts";
import { SHAPE_TITLES } from "../requests/cases.ts";
import { FIGURES } from "../requests/figures.ts";
import type { RoundResult } from "../requests/rounds.ts";
import { type Load, loadsOf, ratioOf, summaryOf, variantsOf } from "../requests/summaries.ts";
import { CONTROL, REFERENCE, titleOf } from "../requests/variants.ts";
import type { BenchResults } from "../results.ts";
import { median, summarise } from "../statistics.ts";
import { describeRun, markdownTable, significant, withInterval } from "./markdown.ts";

type Section<Name extends keyof BenchResults> = NonNullable<BenchResults[Name]>;

export function requestsSection(runs: Section<"loads">): string {
  return [
    "## Every figure",
    `The first table of each load has ratios to "${titleOf(REFERENCE)}", round by round: medians with their 95 % intervals. "${titleOf(CONTROL)}" shows the noise: what is within its interval is no difference. The second has the medians themselves. A load that was measured in another run than the one above it says so.`,
    ...runs.flatMap(runParts),
  ].join("\n\n");
}

/** How it was measured stands once a run, below the name of its first load. */
function runParts(run: Section<"loads">[number]): string[] {
  const { settings, peers, rounds } = run;
  const { turns, seconds, warmupSeconds } = settings;
  const versions = Object.entries(peers).map(([name, version]) => `${name} ${version}`);
  const how = [
    describeRun(run),
    `Rounds: ${settings.rounds}. In each, the services of a load are started, warmed up for ${warmupSeconds} s each and then measured in turns, ${turns} times ${seconds} s. ${versions.length === 0 ? "" : `Packages of \`bench/peers\`: ${versions.join(", ")}.`}`.trim(),
  ];
  return loadsOf(rounds).flatMap((load, index) => [
    `### ${capital(SHAPE_TITLES[load.shape])}${load.failing === 0 ? "" : `; ${load.failing} % of the requests fail`}`,
    ...(index === 0 ? how : []),
    ratioTable(rounds, load),
    medianTable(rounds, load),
  ]);
}

function ratioTable(rounds: readonly RoundResult[], load: Load): string {
  const figures = FIGURES.filter(({ absolute }) => absolute !== true);
  const variants = variantsOf(rounds, load).filter((variant) => variant !== REFERENCE);
  const rows = variants.map((variant) => [
    titleOf(variant),
    ...figures.map(({ name }) => withInterval(ratioOf(rounds, { ...load, variant }, name))),
  ]);
  return markdownTable(["ratio", ...figures.map(({ title }) => title)], rows);
}

function medianTable(rounds: readonly RoundResult[], load: Load): string {
  const rows = variantsOf(rounds, load).map((variant) => [
    titleOf(variant),
    ...FIGURES.map(({ name }) => significant(summaryOf(rounds, { ...load, variant }, name)?.median ?? 0)),
  ]);
  const titles = FIGURES.map(({ title, unit }) => (unit === "" ? title : `${title}, ${unit}`));
  return markdownTable(["median", ...titles], rows);
}

export function startupSection(section: Section<"startup">): string {
  const { starts } = section;
  const variants = [...new Set(starts.map(({ variant }) => variant))];
  const of = (variant: string) => starts.filter((start) => start.variant === variant);
  const rows = variants.map((variant) => {
    const own = of(variant);
    return [
      titleOf(variant),
      withInterval(summarise(own.map(({ startMs }) => startMs)), 0),
      withInterval(summarise(own.map(({ instrumentMs }) => instrumentMs)), 0),
      withInterval(summarise(own.map(({ rss }) => rss)), 1),
    ];
  });
  const titles = [
    "",
    "until it listens, ms",
    "of which `import` and start of tracing, ms",
    "memory (RSS) then, MB",
  ];
  return [
    "## Start",
    describeRun(section),
    `Medians of ${of(REFERENCE).length} processes each, started in turns, with 95 % intervals. The peers are loaded by \`--import\` before the service: their part shows in the first column alone.`,
    markdownTable(titles, rows),
  ].join("\n\n");
}

export function growthSection(section: Section<"growth">): string {
  const { sizes, uptime } = section;
  const rows = DIMENSIONS.flatMap(({ name, title, sizes: all }) =>
    all.flatMap((size) => {
      const own = sizes.filter((result) => result.dimension === name && result.size === size);
      if (own.length === 0) return [];
      const cost = significant(median(own.map(({ cpuPerRequest }) => cpuPerRequest)));
      return [[title, size.toLocaleString("en"), cost, withInterval(growthOf(sizes, name, size))]];
    }),
  );
  const summary = uptimeOf(uptime);
  const last = uptime.at(-1);
  return [
    "## Growth",
    describeRun(section),
    "CPU per request, the more there is of something; the ratio is to the smallest size, round by round. Under way and record: the two spans of a request alone, with the record full. Methods: real calls, both sides traced in one process.",
    markdownTable(["", "size", "CPU, µs", "ratio"], rows),
    ...(summary === undefined || last === undefined
      ? []
      : [
          `Over ${last.requests.toLocaleString("en")} requests, of which 1 % fail, the cost of a request late in the run is ${summary.cost.toFixed(3)} times that early in it, next to the untraced service's; memory above the untraced service's has grown by ${summary.rss.toFixed(1)} MB resident and ${summary.heap.toFixed(1)} MB of heap.`,
        ]),
  ].join("\n\n");
}

/** Parts that take less than this tell nothing. */
const LEAST_SHARE = 0.001;

export function profileSection(section: Section<"profile">): string {
  const { profiles } = section;
  const shareIn = (of: readonly Share[], area: string) => of.find((share) => share.area === area)?.share ?? 0;
  const areas = [...new Set(profiles.flatMap(({ shares }) => shares.map(({ area }) => area)))].filter(
    (area) => profiles.some(({ shares }) => shareIn(shares, area) >= LEAST_SHARE),
  );
  const rows = areas.map((area) => [
    area,
    ...profiles.map(({ shares }) => `${(shareIn(shares, area) * 100).toFixed(1)} %`),
  ]);
  return [
    "## Where the time goes",
    describeRun(section),
    "Shares of the time in which a service that is traced at 1 % ran, under load and from its start on, by the folders of `common/tracing/src`. Native functions count for those who called them; the garbage is everybody's.",
    markdownTable(["", ...profiles.map(({ shape }) => shape)], rows),
  ].join("\n\n");
}

export function microSection(section: Section<"micro">): string {
  const { operations } = section;
  const rows = operations.map(({ name, nanoseconds }) => [name, withInterval(summarise(nanoseconds), 0)]);
  return ["## Single operations", describeRun(section), markdownTable(["", "ns"], rows)].join("\n\n");
}

function capital(title: string): string {
  return title.charAt(0).toUpperCase() + title.slice(1);
}
