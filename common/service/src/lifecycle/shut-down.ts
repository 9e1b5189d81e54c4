import type { ServiceParts } from "./run.ts";
import { within } from "./within.ts";

/** Ends the endpoint and the parts within what SHUTDOWN_GRACE_MS leaves of SHUTDOWN_TIMEOUT_MS; true if all went well. */
export async function shutDown({ config, logger, endpoint, close }: ServiceParts): Promise<boolean> {
  const limitMs = (config.SHUTDOWN_TIMEOUT_MS - config.SHUTDOWN_GRACE_MS) / 2;
  if (!(await within(limitMs, () => endpoint.drain()))) {
    logger.warn({ waitedMs: limitMs }, "requests still running are ended");
    endpoint.abort();
  }
  let failures = 0;
  const ended = await within(limitMs, async () => {
    for (const step of close) {
      try {
        await step();
      } catch (error) {
        failures += 1;
        logger.error({ err: error }, "a part of the service did not close");
      }
    }
  });
  if (!ended) logger.error({ waitedMs: limitMs }, "a part of the service did not close in time");
  return ended && failures === 0;
}
