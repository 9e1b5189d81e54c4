import type { TimeInput } from "@opentelemetry/api";

/**
 * OpenTelemetry's ways to give a time, as microseconds since the epoch: an `[seconds, nanoseconds]`
 * pair, a Date, milliseconds since the epoch, or a reading of `performance.now()`.
 */
export function toMicroseconds(time: TimeInput): number {
  if (Array.isArray(time)) return time[0] * 1e6 + time[1] / 1e3;
  if (time instanceof Date) return time.getTime() * 1e3;
  return (time < performance.timeOrigin ? time + performance.timeOrigin : time) * 1e3;
}
