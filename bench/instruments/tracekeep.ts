import { startTracekeep } from "../processes/tracekeep.ts";
import type { StartInstrument } from "./instrument.ts";

export const startInstrument: StartInstrument = () => {
  const tracing = startTracekeep();
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
