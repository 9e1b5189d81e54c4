/** Readable on a light page and on a dark one: an image follows the reader's own setting. */
const STYLE = `
text { font: 13px system-ui, sans-serif; fill: #424a53 }
.title { font-weight: 600; fill: #1f2328 }
.value { font-variant-numeric: tabular-nums }
.own { fill: #6d4bd8 } .other { fill: #afb8c1 }
.own-line { stroke: #6d4bd8 } .other-line { stroke: #818b98 }
.own-line, .other-line { fill: none; stroke-width: 2 }
.interval { stroke: #1f2328; stroke-width: 1.2; fill: none }
.grid { stroke: #d1d9e0; stroke-width: 1 }
@media (prefers-color-scheme: dark) {
text { fill: #b1bac4 } .title { fill: #f0f6fc }
.own { fill: #a48cff } .other { fill: #545d68 }
.own-line { stroke: #a48cff } .other-line { stroke: #9198a1 }
.interval { stroke: #f0f6fc } .grid { stroke: #3d444d }
}`;

export interface Frame {
  /** Read to those who cannot see it. */
  readonly title: string;
  readonly width: number;
  readonly height: number;
}

/** A whole SVG file. */
export function frame({ title, width, height }: Frame, parts: readonly string[]): string {
  const open = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(title)}">`;
  return `${[open, `<style>${STYLE}\n</style>`, ...parts, "</svg>"].join("\n")}\n`;
}

export function text(
  {
    x,
    y,
    className,
    anchor = "start",
  }: { x: number; y: number; className: string; anchor?: "start" | "end" },
  content: string,
): string {
  const place = `x="${Number(x.toFixed(1))}" y="${Number(y.toFixed(1))}"`;
  return `<text class="${className}" ${place} text-anchor="${anchor}">${escaped(content)}</text>`;
}

function escaped(content: string): string {
  return content.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/"/g, "&quot;");
}
