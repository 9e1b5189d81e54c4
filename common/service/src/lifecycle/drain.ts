import type { Logger } from "pino";
import type { Endpoint } from "./endpoint.ts";
import type { Readiness } from "./readiness.ts";
import { within } from "./within.ts";

/** The parts of the time for running requests after which they begin nothing more, and give up. */
const WIND_DOWN = 0.5;
const CUT_OFF = 0.9;

/** Lets running requests end within `limitMs`, tells them when it gets late, and ends those that still run then. */
export async function drain(
  endpoint: Endpoint,
  readiness: Readiness,
  limitMs: number,
  logger: Logger,
): Promise<void> {
  const windDown = () => {
    readiness.moveTo("windingDown");
    logger.info({}, "winding down");
  };
  const timers = [
    setTimeout(windDown, limitMs * WIND_DOWN),
    setTimeout(() => readiness.moveTo("cutOff"), limitMs * CUT_OFF),
  ];
  const drained = await within(limitMs, () => endpoint.drain());
  for (const timer of timers) clearTimeout(timer);
  if (drained) return;
  logger.warn({ waitedMs: limitMs }, "requests still running are ended");
  endpoint.abort();
}
