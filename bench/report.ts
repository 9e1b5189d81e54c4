import { FIGURES } from "./figures.ts";
import type { BenchResults, FigureResult, VariantResult } from "./results.ts";
import { largestDeviation, type Summary } from "./statistics.ts";
import { CONTROL, REFERENCE, SHAPE_TITLES, SHAPES, VARIANTS } from "./variants.ts";

const FIRST_COLUMN = 24;
const COLUMN = 20;

/** The tables that are printed at the end, one a shape. */
export function formatReport(results: BenchResults): string {
  const { machine, settings } = results;
  const head = [
    `${machine.cpu}, ${machine.cores} cores, load ${machine.loadBefore.toFixed(1)} before the run`,
    `Node ${machine.node}, grpc-js ${machine.grpcJs}, tracekeep ${machine.tracekeep}`,
    `Rounds: ${settings.rounds} of ${settings.seconds} s; medians, with the spread of the rounds in brackets`,
  ];
  const tables = SHAPES.map((shape) => results.results.filter((result) => result.shape === shape))
    .filter((variants) => variants.length > 0)
    .map(formatTable);
  const legend = `Ratios are to "untraced" of the same round. "untraced again" shows the noise; ~ marks what is not above it.\n`;
  return `${[head.join("\n"), ...tables, legend].join("\n\n")}${formatLosses(results.results)}`;
}

function formatTable(variants: readonly VariantResult[]): string {
  const [reference] = variants;
  const control = variants.find(({ variant }) => variant === CONTROL);
  if (reference === undefined) return "";
  const titles = variants.map(({ variant }) => titleOf(variant).padStart(COLUMN)).join("");
  const lines = FIGURES.map(({ name, title, unit, absolute = false }) => {
    const noise = control?.figures[name].ratio;
    const cells = variants.map(({ variant, figures }) => {
      const figure = figures[name];
      if (absolute || variant === REFERENCE) return `${significant(figure.median)} ${unit}`.trim();
      return formatRatio(figure, variant === CONTROL ? undefined : noise);
    });
    return title.padEnd(FIRST_COLUMN) + cells.map((cell) => cell.padStart(COLUMN)).join("");
  });
  return [SHAPE_TITLES[reference.shape], " ".repeat(FIRST_COLUMN) + titles, ...lines].join("\n");
}

function formatRatio({ ratio }: FigureResult, noise: Summary | undefined): string {
  if (ratio === undefined) return "-";
  const { median, min, max } = ratio;
  const small = noise !== undefined && Math.abs(median - 1) <= largestDeviation(noise);
  return `${small ? "~" : ""}${median.toFixed(2)} (${min.toFixed(2)}-${max.toFixed(2)})`;
}

/** Lost spans make a variant look cheaper than it is. */
function formatLosses(results: readonly VariantResult[]): string {
  return results
    .filter(({ droppedSpans }) => droppedSpans > 0)
    .map(
      ({ shape, variant, droppedSpans }) =>
        `${shape}, ${titleOf(variant)}: ${droppedSpans} spans were lost\n`,
    )
    .join("");
}

function titleOf(name: string): string {
  return VARIANTS.find((variant) => variant.name === name)?.title ?? name;
}

/** Three significant digits, without an exponent. */
function significant(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString("en", { maximumFractionDigits: 3 });
}
