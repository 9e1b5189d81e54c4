import { checkHealth, type Dependency, type Health, type Readiness } from "@tracekeep/service";
import type { Context, Handler } from "hono";

export interface HealthParts {
  readiness: Readiness;
  dependencies: readonly Dependency[];
}

/**
 * GET /healthz: 200 if requests are taken, else 503, with the services behind by name and whether they work. A service
 * that only some routes need makes it "degraded", which is still 200. It is asked for all the time, so it makes no trace.
 */
export function healthz({ readiness, dependencies }: HealthParts): Handler {
  let running: Promise<Health> | undefined;
  // Who asks while an answer is being made gets the same one: strangers cannot have the services asked at will.
  const check = () => {
    running ??= checkHealth(dependencies).finally(() => {
      running = undefined;
    });
    return running;
  };
  return async (c) => {
    const health = await check();
    const states = health.dependencies.map(({ dependency, healthy }) => [
      dependency.name,
      healthy ? "up" : "down",
    ]);
    const status = readiness.ready ? health.state : readiness.state;
    const taken = status === "healthy" || status === "degraded";
    return c.json({ status, dependencies: Object.fromEntries(states) }, taken ? 200 : 503);
  };
}

/** GET /livez: 200 as long as the process answers at all; it asks nobody, since a restart would mend nothing elsewhere. */
export function livez(c: Context): Response {
  return c.json({ status: "live" });
}
