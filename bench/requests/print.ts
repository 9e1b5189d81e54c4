import type { Measured } from "../results.ts";
import { largestDeviation, type Summary } from "../statistics.ts";
import { SHAPE_TITLES } from "./cases.ts";
import { FIGURES } from "./figures.ts";
import type { RequestsResults } from "./measure-requests.ts";
import type { RoundResult } from "./rounds.ts";
import { type Load, loadsOf, ratioOf, summaryOf, variantsOf } from "./summaries.ts";
import { CONTROL, REFERENCE, titleOf } from "./variants.ts";

const FIRST_COLUMN = 32;
const COLUMN = 20;

/** The tables that are printed at the end, one a load; a row a variant. */
export function formatRequests({ machine, settings, rounds }: Measured<RequestsResults>): string {
  const head = [
    `${machine.cpu}, ${machine.cores} cores, load ${machine.loadBefore.toFixed(1)} before the run`,
    `Node ${machine.node}, grpc-js ${machine.grpcJs}, tracekeep ${machine.tracekeep}`,
    `Rounds: ${settings.rounds} of ${settings.turns} times ${settings.seconds} s; medians, with the spread of the rounds in brackets`,
  ].join("\n");
  const legend = `Ratios are to "${titleOf(REFERENCE)}" of the same round. "${titleOf(CONTROL)}" shows the noise; ~ marks what is not above it.\n`;
  return `${[head, ...loadsOf(rounds).map((load) => formatTable(rounds, load)), legend].join("\n\n")}${formatLosses(rounds)}`;
}

function formatTable(rounds: readonly RoundResult[], load: Load): string {
  const variants = variantsOf(rounds, load);
  const titles = variants.map((variant) => titleOf(variant).padStart(COLUMN)).join("");
  const lines = FIGURES.map(({ name, title, unit, absolute = false }) => {
    const noise = ratioOf(rounds, { ...load, variant: CONTROL }, name);
    const cells = variants.map((variant) => {
      const place = { ...load, variant };
      if (absolute || variant === REFERENCE)
        return `${significant(summaryOf(rounds, place, name)?.median ?? 0)} ${unit}`.trim();
      return formatRatio(ratioOf(rounds, place, name), variant === CONTROL ? undefined : noise);
    });
    return title.padEnd(FIRST_COLUMN) + cells.map((cell) => cell.padStart(COLUMN)).join("");
  });
  const fail = load.failing === 0 ? "" : `, ${load.failing} % of the requests fail`;
  return [SHAPE_TITLES[load.shape] + fail, " ".repeat(FIRST_COLUMN) + titles, ...lines].join("\n");
}

function formatRatio(ratio: Summary | undefined, noise: Summary | undefined): string {
  if (ratio === undefined) return "-";
  const { median, min, max } = ratio;
  const small = noise !== undefined && Math.abs(median - 1) <= largestDeviation(noise);
  return `${small ? "~" : ""}${median.toFixed(2)} (${min.toFixed(2)}-${max.toFixed(2)})`;
}

/** Lost spans make a variant look cheaper than it is. */
function formatLosses(rounds: readonly RoundResult[]): string {
  return rounds
    .filter(({ droppedSpans }) => droppedSpans > 0)
    .map(
      ({ round, shape, variant, droppedSpans }) =>
        `round ${round}, ${shape}, ${titleOf(variant)}: ${droppedSpans} spans were lost\n`,
    )
    .join("");
}

/** Three significant digits, without an exponent. */
function significant(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString("en", { maximumFractionDigits: 3 });
}
