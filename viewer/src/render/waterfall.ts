import { styleText } from "node:util";
import type { Trace } from "../trace/trace.ts";
import { bar } from "./bar.ts";
import { branch, branchBelow, type Columns, columnsFor, GAP, statusText } from "./columns.ts";
import { axisTicks, formatTick } from "./format.ts";
import { headingParts, type Row, rowsOf, spansLeftOut } from "./rows.ts";
import { displayWidth, pad, truncate } from "./text.ts";

/** How to print a waterfall. */
export interface WaterfallOptions {
  /** Columns to fill at most. Default: the terminal's, or 110 where there is none. */
  readonly width?: number;
  /** Default: only on a terminal, and not if NO_COLOR is set. */
  readonly color?: boolean;
  /** Most spans to print. Default 500. */
  readonly maxSpans?: number;
  /**
   * Of siblings that are alike (service, name, status and all spans below them), show only so many, at least 1, and
   * how many more there are. Default: all are shown.
   */
  readonly foldAfter?: number;
}

type Style = Parameters<typeof styleText>[0];
type Paint = (style: Style, text: string) => string;

const serviceStyles: readonly Style[] = ["cyan", "magenta", "yellow", "blue", "green", "white"];
const TICK_DISTANCE = 8;
// Also for a terminal that says it has no columns, as some pipes do.
const DEFAULT_WIDTH = 110;

/**
 * A trace as text: a heading, a time axis, and a line for each span with its service, name in the tree, bar on the
 * common axis, duration and status; below a failed span what went wrong. Lines end with a newline.
 */
export function waterfall(trace: Trace, options: WaterfallOptions = {}): string {
  const width = Math.max(40, options.width ?? (process.stdout.columns || DEFAULT_WIDTH));
  const color = options.color ?? (process.stdout.isTTY === true && !process.env.NO_COLOR);
  const paint: Paint = (style, text) =>
    color && text ? styleText(style, text, { validateStream: false }) : text;
  const rows = rowsOf(trace, options.maxSpans ?? 500, options.foldAfter);
  const columns = columnsFor(rows, width);
  const lines = heading(trace, width, paint);
  if (columns.bar > 0) lines.push(paint("dim", axis(trace, columns)));
  for (const row of rows) lines.push(...rowLines(row, columns, width, paint));
  const rest = spansLeftOut(trace, rows);
  if (rest > 0) lines.push(paint("dim", `… and ${rest} more`));
  return `${lines.map((line) => line.trimEnd()).join("\n")}\n`;
}

function heading(trace: Trace, width: number, paint: Paint): string[] {
  const [title = "", ...rest] = headingParts(trace);
  const details = rest.join(" · ");
  if (displayWidth(`${title} · ${details}`) <= width) return [`${paint("bold", title)} · ${details}`];
  return [paint("bold", truncate(title, width)), truncate(details, width)];
}

function axis(trace: Trace, columns: Columns): string {
  const length = Number(trace.endNanos - trace.startNanos);
  const start = columns.service + columns.name + 2 * GAP;
  let line = "";
  for (const tick of axisTicks(length, 1 + Math.floor(columns.bar / TICK_DISTANCE))) {
    const label = formatTick(tick);
    const at = start + Math.round((tick / Math.max(1, length)) * columns.bar);
    // A label that would stand in the next column is left out.
    if (at + label.length <= start + columns.bar + GAP) line = `${line.padEnd(at)}${label}`;
  }
  return line;
}

function rowLines(row: Row, columns: Columns, width: number, paint: Paint): string[] {
  const style = serviceStyles[row.serviceIndex % serviceStyles.length] ?? "white";
  const gap = " ".repeat(GAP);
  // Of a method's full name the end says most.
  const fullName = columns.short ? row.shortName : row.name;
  // A deep tree may take half of the column, or what the name leaves of it.
  const mostTree = Math.max(Math.floor(columns.name / 2), columns.name - displayWidth(fullName));
  const tree = truncate(branch(row), mostTree, "end");
  const room = columns.name - displayWidth(tree);
  const name = truncate(fullName, room, fullName.includes("/") ? "end" : "start");
  const cells = [
    paint(style, pad(truncate(row.service, columns.service), columns.service)),
    `${paint("dim", tree)}${paint(row.outcome.failed ? "red" : "reset", pad(name, room))}`,
  ];
  if (columns.bar > 0) cells.push(paint(row.outcome.failed ? "red" : style, bar(row, columns.bar)));
  cells.push(pad(truncate(row.duration, columns.duration), columns.duration, "right"));
  cells.push(paint(row.outcome.failed ? "red" : "dim", truncate(statusText(row), columns.status)));
  const lines = [cells.join(gap)];
  const indent = " ".repeat(columns.service + GAP);
  const below = truncate(branchBelow(row), Math.floor(columns.name / 2), "end");
  const note = (text: string) => truncate(text, width - displayWidth(indent + below));
  if (row.missingParentId) {
    lines.unshift(
      paint("dim", indent + truncate(`(parent ${row.missingParentId} not received)`, width - indent.length)),
    );
  }
  if (row.reason) lines.push(`${indent}${paint("dim", below)}${paint("red", note(`✗ ${row.reason}`))}`);
  return lines;
}
