import { frame, text } from "./svg.ts";

export interface Line {
  readonly label: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
  readonly own: boolean;
}

const WIDTH = 760;
const HEIGHT = 260;
const LEFT = 60;
const RIGHT = 130;
const TOP = 40;
const BOTTOM = 36;
const STEPS = 4;
/** The scale ends at a multiple of it. */
const ROUND = 40;

/** Lines over the same scale, which begins at zero both ways; each is named at its end. */
export function lineChart(
  title: string,
  {
    lines,
    unit,
    across,
  }: { readonly lines: readonly Line[]; readonly unit: string; readonly across: string },
): string {
  const points = lines.flatMap((line) => line.points);
  const widest = Math.max(...points.map(({ x }) => x));
  const highest = Math.ceil(Math.max(...points.map(({ y }) => y)) / ROUND) * ROUND;
  const x = (value: number) => LEFT + (value / widest) * (WIDTH - LEFT - RIGHT);
  const y = (value: number) => HEIGHT - BOTTOM - (value / highest) * (HEIGHT - TOP - BOTTOM);
  const grid = Array.from({ length: STEPS + 1 }, (_, step) => {
    const value = (highest * step) / STEPS;
    return [
      `<path class="grid" d="M${LEFT} ${y(value).toFixed(1)}H${WIDTH - RIGHT}"/>`,
      text(
        { x: LEFT - 8, y: y(value) + 4, className: "label", anchor: "end" },
        `${value.toFixed(0)} ${unit}`,
      ),
    ].join("");
  });
  const drawn = lines.map(({ label, points: own, own: isOwn }) => {
    const path = own.map((point) => `${x(point.x).toFixed(1)} ${y(point.y).toFixed(1)}`).join("L");
    const last = own.at(-1) ?? { x: 0, y: 0 };
    return [
      `<path class="${isOwn ? "own-line" : "other-line"}" d="M${path}"/>`,
      text({ x: x(last.x) + 8, y: y(last.y) + 4, className: "value" }, label),
    ].join("");
  });
  const axis = text({ x: WIDTH - RIGHT, y: HEIGHT - 12, className: "label", anchor: "end" }, across);
  const head = text({ x: 12, y: 22, className: "title" }, title);
  return frame({ title, width: WIDTH, height: HEIGHT }, [head, ...grid, ...drawn, axis]);
}
