import { monitorEventLoopDelay } from "node:perf_hooks";

/** What is timed to 50 ms says nothing while the machine lets the process stand still for that long. */
const STALL_MS = 35;
const MOST_ATTEMPTS = 5;

/** Runs what depends on short times; if it fails, and the process was made to stand still meanwhile, again. */
export async function unstalled(run: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const delays = monitorEventLoopDelay({ resolution: 5 });
    delays.enable();
    try {
      return await run();
    } catch (error) {
      if (delays.max / 1e6 < STALL_MS || attempt === MOST_ATTEMPTS) throw error;
    } finally {
      delays.disable();
    }
  }
}
