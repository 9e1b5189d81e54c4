import type { Row } from "./rows.ts";

/** A span's bar on an axis of `width` columns. Half a column is the finest step; the shortest span is still seen. */
export function bar(row: Pick<Row, "start" | "length">, width: number): string {
  const halves = width * 2;
  const from = Math.min(halves - 1, Math.round(row.start * halves));
  const to = Math.min(halves, Math.max(from + 1, Math.round((row.start + row.length) * halves)));
  let line = "";
  for (let column = 0; column < width; column++) {
    const left = from <= column * 2 && column * 2 < to;
    const right = from <= column * 2 + 1 && column * 2 + 1 < to;
    line += left ? (right ? "━" : "╸") : right ? "╺" : " ";
  }
  return line;
}
