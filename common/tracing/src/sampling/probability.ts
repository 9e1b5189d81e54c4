/**
 * The sampling probability in the `ot` member of `tracestate`: `th:` and the rejection threshold in
 * units of 2^-56, in hex (OpenTelemetry's probability sampling). Always 14 digits, so that it can be
 * replaced in place.
 */
const DIGITS = 14;
const SCALE = 2 ** 56;

/** `th:` value of a probability above 0, 14 hex digits. */
export function toThreshold(probability: number): string {
  // Subtracted as integers: 1 - 0.000001 as a double has lost what tells it from its neighbours.
  const accepted = BigInt(Math.max(Math.round(probability * SCALE), 1));
  return (BigInt(SCALE) - accepted).toString(16).padStart(DIGITS, "0");
}

/**
 * `rv:` value of a draw, 14 hex digits: the randomness that OpenTelemetry's samplers compare with the threshold. Our
 * draw is a hash, and they would take the trace id's last digits for it.
 */
export function toRandomness(draw: number): string {
  return (BigInt(SCALE) - 1n - BigInt(Math.floor(draw * SCALE))).toString(16).padStart(DIGITS, "0");
}

/** The probability of a `th:` value, whose trailing zeros may be missing; undefined if it is none. */
export function fromThreshold(threshold: string): number | undefined {
  if (!/^[0-9a-f]{1,14}$/.test(threshold)) return undefined;
  const accepted = Number(BigInt(SCALE) - BigInt(`0x${threshold.padEnd(DIGITS, "0")}`));
  // Thresholds are rounded: give back the decimal rate that they were made of, to the digits that are left.
  const digits = Math.min(Math.max(Math.floor(Math.log10(accepted)), 1), 12);
  return Number((accepted / SCALE).toPrecision(digits));
}
