import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "pino";
import { checkHealth } from "../health/check-health.ts";
import type { Dependency } from "../health/dependency.ts";
import type { Readiness } from "./readiness.ts";

const longestPauseMs = 2_000;

/** Resolves when every critical dependency has been reached once, or the service is told to stop. */
export async function reachDependencies(
  dependencies: readonly Dependency[],
  readiness: Readiness,
  logger: Logger,
): Promise<void> {
  let missing = dependencies.filter(({ critical }) => critical);
  for (
    let pauseMs = 100;
    missing.length > 0 && readiness.live;
    pauseMs = Math.min(2 * pauseMs, longestPauseMs)
  ) {
    const health = await checkHealth(missing);
    const down = health.dependencies.filter(({ healthy }) => !healthy);
    missing = down.map(({ dependency }) => dependency);
    for (const { dependency, message } of down) {
      const { name, address } = dependency;
      logger.warn({ dependency: name, address, reason: message }, "not ready: a dependency is down");
    }
    if (down.length > 0) await Promise.race([delay(pauseMs), readiness.changed]);
  }
}
