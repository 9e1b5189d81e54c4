/** Colours of services, each for a light and for a dark ground. */
export const SERVICE_COLORS = [
  ["#4f5bd5", "#8f9bff"],
  ["#0b8a8f", "#3fd0d4"],
  ["#a45f00", "#f0b04a"],
  ["#7a3fb5", "#c792ff"],
  ["#3a7d20", "#86d065"],
  ["#5b6573", "#a9b4c2"],
] as const;

/** The picture's style sheet: text in the reader's own fonts, colours for light and for dark pages. */
export function svgStyle(): string {
  const colors = (dark: 0 | 1) =>
    SERVICE_COLORS.map((pair, index) => `.s${index}{fill:${pair[dark]}}`).join("");
  return `
text{font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:#1c2330}
.title{font-weight:600}.dim,.tick,.status,.duration{fill:#667080}.tick{font-size:10.5px;text-anchor:middle}
.service,.dim{font-family:system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}.duration{text-anchor:end}
.ground{fill:#fff;stroke:#d5dae2}.grid{stroke:#e6e9ee}.branch{fill:none;stroke:#b4bcc8}
.bad{fill:#d92d3a}.failed,.reason{fill:#c01f2c}.reason{font-size:11px}${colors(0)}
@media (prefers-color-scheme:dark){text{fill:#e4e8ef}.dim,.tick,.status,.duration{fill:#98a2b3}
.ground{fill:#12161d;stroke:#2c3442}.grid{stroke:#232a35}.branch{stroke:#4a5566}
.bad{fill:#f2555f}.failed,.reason{fill:#ff7b84}${colors(1)}}
`;
}
