import { loadTracingConfig, startTracing } from "tracekeep";
import type { StartInstrument } from "./instrument.ts";

export const startInstrument: StartInstrument = () => {
  const config = loadTracingConfig({
    serviceName: "bench",
    serviceVersion: "1.0.0",
    environment: "bench",
    cwd: import.meta.dirname,
  });
  const tracing = startTracing(config);
  return {
    serverOptions: { interceptors: tracing.serverInterceptors() },
    clientOptions: tracing.clientOptions(),
    attach: (server) => tracing.attach(server),
    flush: () => tracing.forceFlush(),
    droppedSpans: () =>
      Object.values(tracing.stats().export)
        .flatMap(({ dropped }) => Object.values(dropped))
        .reduce((sum, count) => sum + count, 0),
  };
};
