/** Where spans get their time from; tests give their own. */
export interface Clock {
  /** Microseconds since the Unix epoch, with fractions. Never runs backwards within one clock. */
  now(): number;
}

/** Beyond this the wall clock was set, or drifted away from the monotonic one: follow it. */
const LARGEST_DRIFT_US = 2_000;
const CHECK_EVERY_US = 1_000_000;

/**
 * A clock with the resolution of `performance.now()` that stays true to the wall clock, so that spans
 * of several processes on one host line up. It follows a wall clock that was set forward at once, and
 * stands still until a wall clock that was set back has caught up.
 */
export function createSystemClock(): Clock {
  let offset = performance.timeOrigin * 1_000;
  let nextCheck = 0;
  let latest = 0;
  return {
    now() {
      const monotonic = performance.now() * 1_000;
      if (monotonic >= nextCheck) {
        nextCheck = monotonic + CHECK_EVERY_US;
        // Date.now() is cut to whole milliseconds: its middle is the best guess.
        const drift = Date.now() * 1_000 + 500 - (offset + monotonic);
        if (Math.abs(drift) > LARGEST_DRIFT_US) offset += drift;
      }
      latest = Math.max(latest, offset + monotonic);
      return latest;
    },
  };
}
