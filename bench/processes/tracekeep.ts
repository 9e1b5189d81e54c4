import { loadTracingConfig, startTracing, type Tracing } from "tracekeep";

/** Tracekeep as a service has it, by the environment. */
export function startTracekeep(): Tracing {
  const identity = { serviceName: "bench", serviceVersion: "1.0.0", environment: "bench" };
  return startTracing(loadTracingConfig({ ...identity, cwd: import.meta.dirname }));
}
