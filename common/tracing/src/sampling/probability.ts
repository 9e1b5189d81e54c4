/**
 * The sampling probability in the `ot` member of `tracestate`: `th:` and the rejection threshold in
 * units of 2^-56, in hex (OpenTelemetry's probability sampling). Always 14 digits, so that it can be
 * replaced in place.
 */
const DIGITS = 14;
const SCALE = 2 ** 56;

/** `th:` value of a probability above 0, 14 hex digits. */
export function toThreshold(probability: number): string {
  const threshold = Math.round((1 - probability) * SCALE);
  return BigInt(Math.min(threshold, SCALE - 1))
    .toString(16)
    .padStart(DIGITS, "0");
}

/** The probability of a `th:` value, whose trailing zeros may be missing; undefined if it is none. */
export function fromThreshold(threshold: string): number | undefined {
  if (!/^[0-9a-f]{1,14}$/.test(threshold)) return undefined;
  const probability = 1 - Number.parseInt(threshold.padEnd(DIGITS, "0"), 16) / SCALE;
  // Thresholds are rounded: give back the decimal rate that they were made of.
  return Number(probability.toPrecision(12));
}
