import type { Logger } from "pino";
import { within } from "./within.ts";

/** Closes a part of the service, in `limitMs` milliseconds at most. */
export type CloseStep = (limitMs: number) => unknown;

/** The longest time for one part. */
const LONGEST_STEP_MS = 5_000;

/** Runs the steps one after another, the last one first, also those that are added meanwhile; true if all went well. */
export async function closeParts(steps: CloseStep[], limitMs: number, logger: Logger): Promise<boolean> {
  const end = performance.now() + limitMs;
  let failures = 0;
  const ended = await within(limitMs, async () => {
    for (let step = steps.pop(); step; step = steps.pop()) {
      try {
        // A little less than there is: what gives up by itself can say what it has lost.
        await step(Math.min(LONGEST_STEP_MS, 0.9 * (end - performance.now())));
      } catch (error) {
        failures += 1;
        logger.error({ err: error }, "a part of the service did not close");
      }
    }
  });
  if (!ended) logger.error({ waitedMs: limitMs }, "a part of the service did not close in time");
  return ended && failures === 0;
}
