import type { Library, Measured } from "../results.ts";
import type { Summary } from "../statistics.ts";

const LIBRARY: Readonly<Record<Library, string>> = {
  published: "as published",
  sources: "its sources",
};

/** All columns but the first are numbers. */
export function markdownTable(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [
    line(titles),
    line(titles.map((_, column) => (column === 0 ? "---" : "--:"))),
    ...rows.map(line),
  ].join("\n");
}

/** Three significant digits, without an exponent. */
export function significant(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString("en", { maximumFractionDigits: 3 });
}

/** The median, and its 95 % interval where it is known. */
export function withInterval(summary: Summary | undefined, digits = 2): string {
  if (summary === undefined) return "–";
  const { median, interval } = summary;
  const range = interval && ` (${interval.low.toFixed(digits)}–${interval.high.toFixed(digits)})`;
  return `${median.toFixed(digits)}${range ?? ""}`;
}

/** When, where and of what a section's figures are. */
export function describeRun({ machine, library }: Measured<object>): string {
  const { cpu, cores, loadBefore, node, grpcJs, tracekeep, date } = machine;
  const place = `${cpu}, ${cores} cores, load ${loadBefore.toFixed(1)} before the run`;
  const versions = `Node ${node}, grpc-js ${grpcJs}, tracekeep ${tracekeep} (${LIBRARY[library]})`;
  return `*${date.slice(0, 10)}; ${place}; ${versions}.*`;
}
