import type { Attributes, TimeInput } from "@opentelemetry/api";

/** In the year 2255 a time in nanoseconds has no room any more in 64 bits with a sign. */
const LATEST = 9e15;

/**
 * OpenTelemetry's ways to give a time, as microseconds since the epoch: an `[seconds, nanoseconds]`
 * pair, a Date, milliseconds since the epoch, or a reading of `performance.now()`. Undefined for what is
 * no time, such as an invalid Date: the clock counts then, since one span that never ends in a sum of
 * durations would spoil it for good.
 */
export function toMicroseconds(time: TimeInput | undefined): number | undefined {
  const microseconds = read(time);
  return microseconds >= 0 && microseconds <= LATEST ? microseconds : undefined;
}

function read(time: TimeInput | undefined): number {
  if (Array.isArray(time)) return time[0] * 1e6 + time[1] / 1e3;
  if (time instanceof Date) return time.getTime() * 1e3;
  // Code that is not type-checked may give anything.
  if (typeof time !== "number") return Number.NaN;
  return (time < performance.timeOrigin ? time + performance.timeOrigin : time) * 1e3;
}

export function isTimeInput(value: Attributes | TimeInput | undefined): value is TimeInput {
  return typeof value === "number" || value instanceof Date || Array.isArray(value);
}
