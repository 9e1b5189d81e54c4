import type { Trace } from "../trace/trace.ts";
import { axisTicks, formatTick } from "./format.ts";
import { headingParts, type Row, rowsOf, spansLeftOut } from "./rows.ts";
import { SERVICE_COLORS, svgStyle } from "./svg-style.ts";
import { truncate } from "./text.ts";

/** How to draw a waterfall. */
export interface WaterfallSvgOptions {
  /** Width of the picture in pixels. Default 1120. */
  readonly width?: number;
  /** Most spans to draw. Default 100. */
  readonly maxSpans?: number;
  /** As for `waterfall`. */
  readonly foldAfter?: number;
}

const MARGIN = 24;
const HEADER = 62;
const ROW = 28;
const REASON = 20;
const INDENT = 14;
// Width of a character of the fixed-width font at the size that names have.
const CHARACTER = 7.3;

/**
 * The same picture as `waterfall`, as an SVG document: a colour a service, failures in red, readable on light and on
 * dark pages (it follows the reader's preference), with the fonts that the reader has.
 */
export function waterfallSvg(trace: Trace, options: WaterfallSvgOptions = {}): string {
  const width = options.width ?? 1120;
  const rows = rowsOf(trace, options.maxSpans ?? 100, options.foldAfter);
  const longest = Math.max(...rows.map((row) => row.depth * INDENT + (row.shortName.length + 2) * CHARACTER));
  const barStart = MARGIN + Math.min(width * 0.48, 104 + longest + 16);
  const frame: Frame = {
    width,
    barStart,
    barWidth: width - MARGIN - 190 - barStart,
    length: traceLength(trace),
  };
  const parts: string[] = [];
  let y = HEADER;
  const bottoms: number[] = [];
  for (const row of rows) {
    const height = row.reason ? ROW + REASON : ROW;
    parts.push(drawBranch(row, bottoms[row.depth - 1], y), drawRow(row, y, frame));
    y += height;
    bottoms[row.depth] = y;
  }
  const rest = spansLeftOut(trace, rows);
  if (rest > 0) {
    parts.push(text(MARGIN, y + 18, "dim", `… and ${rest} more`));
    y += ROW;
  }
  const height = y + MARGIN - 8;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeXml(headingParts(trace).join(", "))}">
<style>${svgStyle()}</style>
<rect class="ground" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="10"/>
${drawHeading(trace)}
${drawAxis(frame, y)}
${parts.join("\n")}
</svg>
`;
}

interface Frame {
  readonly width: number;
  readonly barStart: number;
  readonly barWidth: number;
  readonly length: number;
}

function traceLength(trace: Trace): number {
  return Number(trace.endNanos - trace.startNanos);
}

function drawHeading(trace: Trace): string {
  const [title = "", ...details] = headingParts(trace);
  return text(MARGIN, 30, "title", title) + text(MARGIN + 330, 30, "dim", details.join(" · "));
}

function drawAxis({ barStart, barWidth, length }: Frame, bottom: number): string {
  return axisTicks(length, 6)
    .map((tick) => {
      const x = round(barStart + (tick / Math.max(1, length)) * barWidth);
      const line = `<line class="grid" x1="${x}" x2="${x}" y1="${HEADER - 4}" y2="${bottom + 2}"/>`;
      return line + text(x, HEADER - 9, "tick", formatTick(tick));
    })
    .join("\n");
}

function nameStart({ depth }: Row): number {
  return MARGIN + 104 + depth * INDENT;
}

/** The line from below the parent to the row at y; later siblings draw over what is there already. */
function drawBranch(row: Row, parentBottom: number | undefined, y: number): string {
  if (parentBottom === undefined) return "";
  return `<path class="branch" d="M${nameStart(row) - 9} ${parentBottom - 4}V${y + 14}h6"/>`;
}

function drawRow(row: Row, y: number, frame: Frame): string {
  const { failed } = row.outcome;
  const color = `s${row.serviceIndex % SERVICE_COLORS.length}`;
  const nameX = nameStart(row);
  const room = Math.max(8, Math.floor((frame.barStart - 12 - nameX) / CHARACTER) - (row.outgoing ? 2 : 0));
  const name = `${row.outgoing ? "→ " : ""}${truncate(row.shortName, room, row.shortName.includes("/") ? "end" : "start")}`;
  const x = frame.barStart + row.start * frame.barWidth;
  const barWidth = Math.max(2.5, row.length * frame.barWidth);
  const status = `${failed ? "✗ " : ""}${row.outcome.label}`;
  const right = frame.width - MARGIN;
  const parts = [
    `<circle class="${color}" cx="${MARGIN + 4}" cy="${y + 14}" r="4"/>`,
    text(MARGIN + 15, y + 18, "service", truncate(row.service, 12)),
    text(nameX, y + 18, failed ? "name failed" : "name", name),
    `<rect class="${failed ? "bad" : color}" x="${round(x)}" y="${y + 8}" width="${round(barWidth)}" height="12" rx="2"/>`,
    text(right - 116, y + 18, "duration", row.duration),
    text(right - 104, y + 18, failed ? "status failed" : "status", status),
  ];
  if (row.reason) {
    const most = Math.floor((right - nameX) / 6.6);
    parts.push(text(nameX, y + ROW + 10, "reason", truncate(row.reason, most)));
  }
  return parts.join("");
}

function text(x: number, y: number, className: string, content: string): string {
  return `<text class="${className}" x="${round(x)}" y="${y}">${escapeXml(content)}</text>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escapeXml(content: string): string {
  return content.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
