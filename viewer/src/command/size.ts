import { getHeapStatistics } from "node:v8";
import { UsageError } from "./usage-error.ts";

export const MIB = 2 ** 20;
const UNITS: Readonly<Record<string, number>> = { "": 1, KiB: 1024, MiB: MIB, GiB: 1024 * MIB };
/** Traces take about three times their size before what is no longer needed is cleaned up. */
const HEAP_PER_BYTE = 3;
/** V8's limit counts room for young objects, too, in which traces do not stay. */
const YOUNG_BYTES = 192 * MIB;

/** What traces may take at most, for Node.js ends a process whose heap is full. At least a MiB. */
export function mostBytes(): number {
  const room = getHeapStatistics().heap_size_limit - YOUNG_BYTES;
  return Math.max(MIB, Math.floor(room / HEAP_PER_BYTE / MIB) * MIB);
}

/** Reads a size such as 268435456 or 256MiB. Throws UsageError below 1MiB and above `mostBytes()`. */
export function sizeOf(name: string, text: string): number {
  const [, digits = "", unit = ""] = /^(\d{1,12})(KiB|MiB|GiB)?$/.exec(text) ?? [];
  const value = digits === "" ? Number.NaN : Number(digits) * (UNITS[unit] ?? Number.NaN);
  const most = mostBytes();
  if (value >= MIB && value <= most) return value;
  const heap = value > most ? Math.ceil((value * HEAP_PER_BYTE + YOUNG_BYTES) / MIB) : "MIB";
  throw new UsageError(
    `${name} ${text}: expected a size from 1MiB to ${most / MIB}MiB, such as 268435456 or 256MiB; for more set NODE_OPTIONS=--max-old-space-size=${heap}`,
  );
}
