import { growthOf, uptimeOf } from "../growth/summaries.ts";
import type { Shape } from "../requests/cases.ts";
import type { FigureName } from "../requests/figures.ts";
import { differenceOf, ratioOf } from "../requests/summaries.ts";
import { type BenchResults, roundsOf } from "../results.ts";
import { type Summary, summarise } from "../statistics.ts";
import { markdownTable, significant, withInterval } from "./markdown.ts";

/** What tracing may cost at most. */
export interface Goal {
  readonly title: string;
  readonly most: number;
  readonly unit: string;
  /** Of the 95 % interval the upper bound has to reach it, and not the median. */
  readonly upperBound?: boolean;
  /** Undefined if it has not been measured. */
  measured(results: BenchResults): Summary | undefined;
}

const ONE_PER_CENT = "tracekeep-1";

function ratio(
  title: string,
  [shape, figure, variant]: readonly [Shape, FigureName, string],
  most: number,
): Goal {
  return {
    title,
    most,
    unit: "×",
    measured: (results) => ratioOf(roundsOf(results), { shape, failing: 0, variant }, figure),
  };
}

const UNARY = ["leaf", "chain"] as const;

export const GOALS: readonly Goal[] = [
  ...UNARY.map((shape) => ratio(`CPU, ${shape}, 1 %`, [shape, "cpuPerRequest", ONE_PER_CENT], 1.1)),
  ...UNARY.map((shape) => ratio(`CPU, ${shape}, 100 %`, [shape, "cpuPerRequest", "tracekeep-100"], 1.2)),
  ratio("CPU, a message of a stream, 1 %", ["stream", "cpuPerRequest", ONE_PER_CENT], 1.03),
  ...UNARY.map(
    (shape): Goal => ({
      ...ratio(`CPU, ${shape}, disabled`, [shape, "cpuPerRequest", "tracekeep-disabled"], 1.02),
      upperBound: true,
    }),
  ),
  ...UNARY.map((shape) => ratio(`latency p50, ${shape}, 1 %`, [shape, "p50", ONE_PER_CENT], 1.05)),
  ...UNARY.map((shape) => ratio(`latency p99, ${shape}, 1 %`, [shape, "p99", ONE_PER_CENT], 1.1)),
  ...UNARY.map((shape) => ratio(`GC time, ${shape}, 1 %`, [shape, "gcPerRequest", ONE_PER_CENT], 1.2)),
  ...UNARY.map(
    (shape): Goal => ({
      title: `memory (RSS) above untraced, ${shape}, 1 %, 1 % fail`,
      most: 50,
      unit: "MB",
      measured: (results) =>
        differenceOf(roundsOf(results), { shape, failing: 1, variant: ONE_PER_CENT }, "rss"),
    }),
  ),
  ...UNARY.map(
    (shape): Goal => ({
      title: `bytes sent at 1 % to those at 100 %, ${shape}, 1 % fail`,
      most: 1 / 20,
      unit: "×",
      measured: (results) => {
        const place = { shape, failing: 1, variant: ONE_PER_CENT } as const;
        return ratioOf(roundsOf(results), place, "bytesPerRequest", "tracekeep-100");
      },
    }),
  ),
  {
    title: "start: `import` and `startTracing`",
    most: 150,
    unit: "ms",
    measured: ({ startup }) => {
      const own = startup?.starts.filter(({ variant }) => variant === ONE_PER_CENT) ?? [];
      return own.length === 0 ? undefined : summarise(own.map(({ instrumentMs }) => instrumentMs));
    },
  },
  growth("a request's spans alone, with 100,000 requests under way to one", "live", 100_000),
  growth("a request's spans alone, with a record of 256 MiB to one of 64 KiB", "record", 256 * 1_024 * 1_024),
  growth("a request with 1,000 methods to one", "methods", 1_000),
  {
    title: "cost of a request late in a long run to that early in it",
    most: 1.1,
    unit: "×",
    measured: (results) => {
      const uptime = results.growth && uptimeOf(results.growth.uptime);
      return uptime && summarise([uptime.cost]);
    },
  },
];

function growth(
  title: string,
  ...[dimension, size]: Parameters<typeof growthOf> extends [unknown, ...infer Rest] ? Rest : never
): Goal {
  return {
    title: `cost of ${title}`,
    most: 1.1,
    unit: "×",
    measured: (results) => results.growth && growthOf(results.growth.sizes, dimension, size),
  };
}

export type Verdict = "met" | "missed" | "not measured" | "too few rounds";

export function judge({ most, upperBound = false, measured }: Goal, results: BenchResults): Verdict {
  const summary = measured(results);
  const value = upperBound ? summary?.interval?.high : summary?.median;
  if (value === undefined) return summary === undefined ? "not measured" : "too few rounds";
  return value <= most ? "met" : "missed";
}

export function formatGoals(results: BenchResults): string {
  const rows = GOALS.map((goal) => {
    const most = `≤ ${significant(goal.most)} ${goal.unit}${goal.upperBound ? ", upper bound" : ""}`;
    const digits = goal.unit === "×" ? 3 : 1;
    return [goal.title, most, withInterval(goal.measured(results), digits), judge(goal, results)];
  });
  return markdownTable(["Tracekeep", "goal", "measured", ""], rows);
}
