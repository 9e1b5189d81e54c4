import type { Count, Fault } from "../faults.ts";
import type { Measured } from "./run-fault.ts";

/** Clocks of two processes, and timers that come a little early. */
const TOLERANCE_MS = 50;

/** What a run should have come to and has not, in words; nothing if all is as expected. */
export function judge({ expected, behaviour }: Fault, measured: Measured): string[] {
  const { calls, mostQueuedBytes, queueBytes, leastPauseMs = Number.POSITIVE_INFINITY } = measured;
  const faults: string[] = [];
  const check = (holds: boolean, what: string): void => void (holds || faults.push(what));
  const checkCount = (what: string, count: number, wanted: Count): void =>
    check(fits(count, wanted), `${what}: ${count} instead of ${describeCount(wanted)}`);

  checkCount("spans of kept traces", measured.kept, expected.kept);
  checkCount("sampled spans", measured.sampled, expected.sampled);
  for (const [reason, count] of Object.entries(measured.dropped))
    checkCount(
      `dropped as ${reason}`,
      count,
      Object.entries(expected.dropped).find(([name]) => name === reason)?.[1] ?? 0,
    );
  checkCount("neither sent nor counted", measured.unaccounted, 0);
  checkCount("spans that nobody asked for", measured.uncalledFor, 0);
  // Where connections end at any moment, the answer may be what is lost: the request is sent again.
  if (behaviour.kind !== "flap") checkCount("spans that arrived again", measured.repeated, 0);
  checkCount("calls answered", calls.answered, calls.made);
  check(mostQueuedBytes <= queueBytes, `the queue took ${mostQueuedBytes} of ${queueBytes} bytes`);
  check(
    expected.leastPauseMs === undefined || leastPauseMs >= expected.leastPauseMs - TOLERANCE_MS,
    `tried again after ${Math.round(leastPauseMs)} ms`,
  );
  return [...faults, ...judgeLog(expected.warnings, measured.warnings)];
}

function judgeLog(expected: readonly RegExp[], lines: readonly string[]): string[] {
  return [
    ...expected
      .filter((line) => !lines.some((said) => line.test(said)))
      .map((line) => `not in the log: ${line}`),
    ...lines
      .filter((said) => !expected.some((line) => line.test(said)))
      .map((said) => `also in the log: ${said}`),
    ...lines
      .filter((said, index) => lines.indexOf(said) !== index)
      .map((said) => `twice in the log: ${said}`),
  ];
}

function fits(count: number, wanted: Count): boolean {
  return typeof wanted === "number" ? count === wanted : count >= wanted.atLeast && count <= wanted.atMost;
}

export function describeCount(count: Count): string {
  return typeof count === "number" ? String(count) : `${count.atLeast} to ${count.atMost}`;
}
