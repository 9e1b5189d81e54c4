import type { Shape } from "../requests/cases.ts";
import { FIGURES, type FigureName } from "../requests/figures.ts";
import type { RoundResult } from "../requests/rounds.ts";
import { ratioOf, summaryOf, variantsOf } from "../requests/summaries.ts";
import { titleOf } from "../requests/variants.ts";
import { type BenchResults, roundsOf } from "../results.ts";
import type { Summary } from "../statistics.ts";
import { type Bar, barChart, type Panel } from "./bar-chart.ts";
import { lineChart } from "./line-chart.ts";
import { significant, withInterval } from "./markdown.ts";

/** A picture of the document. */
export interface Plot {
  /** Of the file, without its ending. */
  readonly name: string;
  readonly title: string;
  readonly svg: string;
}

const isOwn = (variant: string): boolean => variant.startsWith("tracekeep");

/** One bar a variant, without failing requests. */
function panel(
  rounds: readonly RoundResult[],
  {
    title,
    shape,
    figure,
    ratio = false,
  }: { title: string; shape: Shape; figure: FigureName; ratio?: boolean },
): Panel {
  const unit = FIGURES.find(({ name }) => name === figure)?.unit ?? "";
  const bar = (variant: string, summary: Summary): Bar => ({
    label: titleOf(variant),
    value: summary.median,
    written: ratio ? withInterval(summary) : `${significant(summary.median)} ${unit}`,
    interval: summary.interval,
    own: isOwn(variant),
  });
  const bars = variantsOf(rounds, { shape, failing: 0 }).flatMap((variant) => {
    const place = { shape, failing: 0, variant } as const;
    const summary = ratio ? ratioOf(rounds, place, figure) : summaryOf(rounds, place, figure);
    return summary === undefined ? [] : [bar(variant, summary)];
  });
  return { title, bars };
}

/** The pictures that there are results for. */
export function drawPlots(results: BenchResults): Plot[] {
  const { loads, growth } = results;
  const plots: Plot[] = [];
  const bars = (name: string, title: string, panels: readonly Panel[]): void => {
    const drawn = panels.filter((one) => one.bars.length > 0);
    if (drawn.length > 0) plots.push({ name, title, svg: barChart(title, drawn) });
  };
  if (loads !== undefined) {
    const rounds = roundsOf(results);
    const of = (shape: Shape, figure: FigureName, title: string) =>
      panel(rounds, { title: `${title}, ${shape}`, shape, figure });
    const cpu = (shape: Shape) =>
      panel(rounds, { title: shape, shape, figure: "cpuPerRequest", ratio: true });
    bars(
      "cpu",
      "CPU per request, as a ratio to the untraced service",
      (["leaf", "chain", "stream"] as const).map(cpu),
    );
    const latency = (shape: Shape) => [of(shape, "p50", "latency p50"), of(shape, "p99", "latency p99")];
    bars("latency", "Latency p50 and p99", [...latency("leaf"), ...latency("chain")]);
    bars("memory", "Resident memory", [
      of("leaf", "rss", "memory (RSS)"),
      of("chain", "rss", "memory (RSS)"),
    ]);
    bars("gc", "Time in garbage collection per request", [
      of("leaf", "gcPerRequest", "GC time"),
      of("chain", "gcPerRequest", "GC time"),
    ]);
  }
  if (growth !== undefined && growth.uptime.length > 0) {
    const variants = [...new Set(growth.uptime.map(({ variant }) => variant))];
    const lines = variants.map((variant) => ({
      label: titleOf(variant),
      own: isOwn(variant),
      points: growth.uptime
        .filter((sample) => sample.variant === variant)
        .map(({ requests: x, rss: y }) => ({ x, y })),
    }));
    const across = `${growth.uptime.at(-1)?.requests.toLocaleString("en")} requests`;
    const title = "Resident memory over a long run";
    plots.push({ name: "uptime", title, svg: lineChart(title, { lines, unit: "MB", across }) });
  }
  return plots;
}
