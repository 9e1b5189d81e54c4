/** A value as it may stand in an error message: quoted, and cut when long. */
export function quoted(text: string): string {
  return text.length > 60 ? `"${text.slice(0, 60)}\u2026"` : `"${text}"`;
}

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** A share from 0 to 1, as a decimal number. */
export function parseRate(text: string): number {
  const value = DECIMAL.test(text) ? Number(text) : Number.NaN;
  if (value >= 0 && value <= 1) return value;
  throw new Error(`is ${quoted(text)}; write a number from 0 to 1${rateHint(text, value)}`);
}

function rateHint(text: string, value: number): string {
  const percent = /^([\d.,]+)\s*%$/.exec(text)?.[1];
  const share = percent === undefined ? Number.NaN : Number(percent.replace(",", ".")) / 100;
  if (share >= 0 && share <= 1) return `, such as ${Number(share.toPrecision(12))} for ${text}`;
  if (/^\d*,\d+$/.test(text)) return `, with a point: ${text.replace(",", ".")}`;
  if (value > 1 && value <= 100)
    return `, such as ${Number((value / 100).toPrecision(12))} for ${value} percent`;
  return ", such as 0.01 for one percent";
}
