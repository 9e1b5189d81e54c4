/** Where spans get their time from; tests give their own. */
export interface Clock {
  /** Microseconds since the Unix epoch, with fractions, as the wall clock has it now. */
  wall(): number;
  /** Microseconds from some moment on, with fractions; never runs backwards, whatever becomes of the wall clock. */
  monotonic(): number;
}

/** Beyond this the wall clock was set, or drifted away from the monotonic one: follow it. */
const LARGEST_DRIFT_US = 2_000;
const CHECK_EVERY_US = 1_000_000;

/**
 * A wall clock with the resolution of `performance.now()`, so that spans of several processes on one
 * host line up, and the monotonic clock by which durations are measured.
 */
export function createSystemClock(): Clock {
  let offset = performance.timeOrigin * 1_000;
  let nextCheck = 0;
  const monotonic = (): number => performance.now() * 1_000;
  return {
    monotonic,
    wall() {
      const now = monotonic();
      if (now >= nextCheck) {
        nextCheck = now + CHECK_EVERY_US;
        // Date.now() is cut to whole milliseconds: its middle is the best guess.
        const drift = Date.now() * 1_000 + 500 - (offset + now);
        if (Math.abs(drift) > LARGEST_DRIFT_US) offset += drift;
      }
      return offset + now;
    },
  };
}
