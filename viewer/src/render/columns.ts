import type { Row } from "./rows.ts";
import { displayWidth } from "./text.ts";

/** Columns of the terminal between two columns of a waterfall. */
export const GAP = 2;

/** How wide each part of a line is, in columns of the terminal; bar is 0 where there is no room for bars. */
export interface Columns {
  readonly service: number;
  readonly name: number;
  /** Methods are named without their package, since the full names do not fit. */
  readonly short: boolean;
  readonly bar: number;
  readonly duration: number;
  readonly status: number;
}

/** Divides a width among the parts of the lines. */
export function columnsFor(rows: readonly Row[], width: number): Columns {
  const widest = (texts: string[]) => texts.reduce((most, text) => Math.max(most, displayWidth(text)), 0);
  const side = Math.floor(width / 5);
  const service = Math.min(widest(rows.map((row) => row.service)), 16, side);
  const duration = Math.min(widest(rows.map((row) => row.duration)), 12);
  const status = Math.min(widest(rows.map(statusText)), 20, side);
  const rest = width - service - duration - status - 4 * GAP;
  // A bar needs a dozen columns to say anything; in a narrower terminal the names take all.
  const hasBar = rest >= 32;
  const mostName = hasBar ? Math.max(20, Math.floor(rest * 0.6)) : rest + GAP;
  const full = widest(rows.map((row) => branch(row) + row.name));
  const short = full > mostName;
  const name = Math.min(short ? widest(rows.map((row) => branch(row) + row.shortName)) : full, mostName);
  return { service, name, short, bar: hasBar ? Math.min(rest - name, 100) : 0, duration, status };
}

/** The last cell of a line. */
export function statusText({ outcome }: Row): string {
  return outcome.failed ? `✗ ${outcome.label}` : outcome.label;
}

/** What leads to a span's name: the lines of the tree, and an arrow before calls to elsewhere. */
export function branch({ followed, outgoing }: Row): string {
  const trunk = followed.slice(0, -1).map((more) => (more ? "│ " : "  "));
  const own = followed.at(-1);
  return trunk.join("") + (own === undefined ? "" : own ? "├ " : "└ ") + (outgoing ? "→ " : "");
}

/** The lines of the tree between a span and its children. */
export function branchBelow({ followed, hasChildren }: Row): string {
  return followed.map((more) => (more ? "│ " : "  ")).join("") + (hasChildren ? "│ " : "  ");
}
