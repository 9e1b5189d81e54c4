import { type Frame, frame, text } from "./svg.ts";

export interface Bar {
  readonly label: string;
  readonly value: number;
  /** How the value is written beside the bar. */
  readonly written: string;
  readonly interval?: { readonly low: number; readonly high: number } | undefined;
  /** Drawn in the colour of what the page is about. */
  readonly own: boolean;
}

export interface Panel {
  readonly title: string;
  readonly bars: readonly Bar[];
}

const WIDTH = 760;
const LABELS = 215;
const VALUES = 130;
const ROW = 22;
const BAR = 14;
const HEAD = 34;
const MARGIN = 12;

/** Horizontal bars, a panel below the other, each with a scale of its own that begins at zero. */
export function barChart(title: string, panels: readonly Panel[]): string {
  const height = panels.reduce((sum, { bars }) => sum + HEAD + bars.length * ROW, 0) + 2 * MARGIN;
  const canvas: Frame = { title, width: WIDTH, height };
  const parts: string[] = [];
  let top = MARGIN;
  for (const panel of panels) {
    parts.push(
      text({ x: MARGIN, y: top + 20, className: "title" }, panel.title),
      ...drawBars(panel.bars, top + HEAD),
    );
    top += HEAD + panel.bars.length * ROW;
  }
  return frame(canvas, parts);
}

function drawBars(bars: readonly Bar[], top: number): string[] {
  const largest = Math.max(...bars.map(({ value, interval }) => Math.max(value, interval?.high ?? 0)), 1e-9);
  const room = WIDTH - LABELS - VALUES - 2 * MARGIN;
  const x = (value: number) => LABELS + MARGIN + (value / largest) * room;
  const at = (value: number) => x(value).toFixed(1);
  return bars.flatMap(({ label, value, written, interval, own }, row) => {
    const y = top + row * ROW;
    const middle = y + BAR / 2;
    const width = (x(value) - x(0)).toFixed(1);
    return [
      text({ x: LABELS, y: middle + 4, className: "label", anchor: "end" }, label),
      `<rect class="${own ? "own" : "other"}" x="${at(0)}" y="${y}" width="${width}" height="${BAR}" rx="2"/>`,
      ...(interval === undefined
        ? []
        : [
            `<path class="interval" d="M${at(interval.low)} ${middle}H${at(interval.high)}M${at(interval.low)} ${middle - 4}v8M${at(interval.high)} ${middle - 4}v8"/>`,
          ]),
      text(
        { x: Math.round(x(Math.max(value, interval?.high ?? 0)) + 8), y: middle + 4, className: "value" },
        written,
      ),
    ];
  });
}
