const units = [
  { name: "ns", nanos: 1 },
  { name: "µs", nanos: 1e3 },
  { name: "ms", nanos: 1e6 },
  { name: "s", nanos: 1e9 },
] as const;

/** A duration in the unit that suits it, three digits precise: `84.2 ms`, `1.50 s`, `2 min 5 s`. */
export function formatDuration(nanos: bigint | number): string {
  const value = Number(nanos);
  const seconds = Math.round(Math.abs(value) / 1e9);
  if (seconds >= 120) return `${value < 0 ? "-" : ""}${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  // 999.6 µs would be rounded to 1000 µs: it is 1.00 ms.
  const unit = units.findLast(({ nanos: size }) => Math.abs(value) >= size * 0.9995) ?? units[0];
  const amount = value / unit.nanos;
  const digits = unit.nanos === 1 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(Math.abs(amount) + 0.0005)));
  return `${amount.toFixed(Math.min(digits, 2))} ${unit.name}`;
}

/** Round positions from 0 to at most `length` nanoseconds, at most `most` of them, in steps of 1, 2 or 5. */
export function axisTicks(length: number, most: number): number[] {
  if (!(length > 0) || most < 2) return [0];
  const rough = length / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const fits = (step: number) => Math.floor(length / step) + 1 <= most;
  const step = [1, 2, 5, 10, 20].map((factor) => factor * power).find(fits) ?? length;
  return Array.from({ length: Math.floor(length / step) + 1 }, (_, index) => index * step);
}

/** The label of a tick: `0`, `20 ms`, `1.5 s`. */
export function formatTick(nanos: number): string {
  if (nanos === 0) return "0";
  const unit = units.findLast(({ nanos: size }) => nanos >= size) ?? units[0];
  return `${Number((nanos / unit.nanos).toPrecision(6))} ${unit.name}`;
}

/** `1 span`, `2 spans`. */
export function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
