import { createRequire } from "node:module";
import type { TracerProvider } from "@opentelemetry/api";

/** The API's file where CommonJS loads it: its CommonJS form, and each copy in another folder. */
const API_FILE = /[\\/]@opentelemetry[\\/]api[\\/](?:dist|build[\\/]src)[\\/]index\.c?js$/;

/** What a copy of the API has while nothing is registered: its tracers ask it for ever. */
export interface EarlyProvider {
  setDelegate?(provider: TracerProvider): void;
}

/**
 * Registering tells one copy of the API only. Tracers that another one has given out before ask that one, so that it
 * has to be told, too. To be called while nothing is registered: afterwards all copies answer with what is.
 */
export function earlyProviders(): EarlyProvider[] {
  // The cache is the same whatever the path, and a bundle has none of its own.
  return Object.entries(createRequire(process.execPath).cache)
    .filter(([path]) => API_FILE.test(path))
    .flatMap(([, loaded]) => {
      // Tests put stand-ins there.
      const api = loaded?.exports as { trace?: { getTracerProvider?(): EarlyProvider } } | undefined;
      return api?.trace?.getTracerProvider?.() ?? [];
    });
}
