import { within } from "../lifecycle/within.ts";
import { untraced } from "../tracing/untraced.ts";
import type { Dependency } from "./dependency.ts";

/** `degraded`: a dependency is down, but no critical one; `unhealthy`: a critical one is. */
export type HealthState = "healthy" | "degraded" | "unhealthy";

/** How a dependency was when it was asked. */
export interface DependencyHealth {
  readonly dependency: Dependency;
  readonly healthy: boolean;
  /** How long the answer took, or the wait for one, in milliseconds. */
  readonly latencyMs: number;
  /** What is wrong; empty if nothing is. */
  readonly message: string;
}

export interface Health {
  /** The worst of the dependencies. */
  readonly state: HealthState;
  readonly dependencies: readonly DependencyHealth[];
}

/** Asks the dependencies, all at once, each within its time limit. Never rejects. */
export async function checkHealth(dependencies: readonly Dependency[]): Promise<Health> {
  const results = await Promise.all(dependencies.map(checkDependency));
  const down = results.filter(({ healthy }) => !healthy);
  const critical = down.some(({ dependency }) => dependency.critical);
  return { state: critical ? "unhealthy" : down.length > 0 ? "degraded" : "healthy", dependencies: results };
}

async function checkDependency(dependency: Dependency): Promise<DependencyHealth> {
  const limitMs = dependency.timeoutMs ?? 1_000;
  const controller = new AbortController();
  const start = performance.now();
  let message = "";
  try {
    const answered = await within(limitMs, () => untraced(async () => dependency.check(controller.signal)));
    if (!answered) message = `no answer within ${limitMs} ms`;
  } catch (error) {
    message = reasonOf(error);
  } finally {
    controller.abort();
  }
  return { dependency, healthy: message === "", latencyMs: performance.now() - start, message };
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // An AggregateError, as of a host with several addresses, has no message of its own.
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  return error.message || error.name;
}
