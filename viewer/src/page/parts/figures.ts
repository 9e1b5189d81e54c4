/** `1,234`, `12.3k`, `4.5M`; fractions, which come from weights, are rounded. */
export function shortCount(count: number): string {
  if (count < 10_000) return Math.round(count).toLocaleString("en");
  // What would be rounded to 1000 of a unit is 1 of the next.
  if (count < 999_500) return `${(count / 1e3).toPrecision(3)}k`;
  if (count < 999.5e6) return `${(count / 1e6).toPrecision(3)}M`;
  return `${Math.round(count / 1e7) / 100}G`;
}

/** `0 %`, `0.4 %`, `12 %`. */
export function percent(share: number): string {
  const value = share * 100;
  return `${value === 0 || value >= 10 ? Math.round(value) : Number(value.toPrecision(2))} %`;
}

const clock = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  fractionalSecondDigits: 3,
  hour12: false,
});

/** The local time of day. */
export function timeOfDay(epochMs: number): string {
  return isDate(epochMs) ? clock.format(epochMs) : "–";
}

/** Date and time in UTC. */
export function isoTime(epochMs: number): string {
  return isDate(epochMs) ? new Date(epochMs).toISOString() : "no valid time";
}

function isDate(epochMs: number): boolean {
  return Math.abs(epochMs) <= 8.64e15;
}

/** The method of `package.Service/Method`, with the service but without its package. */
export function withoutPackage(name: string): string {
  return name.replace(/^(?:[\w-]{1,100}\.){1,20}(?=[\w-]+\/)/, "");
}
