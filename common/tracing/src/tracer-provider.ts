import type { Tracer, TracerProvider } from "@opentelemetry/api";
import type { Sanitizer } from "./sanitize/index.ts";

/** Names may be made up by whoever asks: beyond so many, tracers are not shared. */
const MOST_SHARED = 1_000;

/** Tracers by the name and version of the instrumentation that asks for one. */
export function createProvider(
  makeTracer: (scope: { readonly name: string; readonly version: string }) => Tracer,
  { text }: Sanitizer,
): TracerProvider {
  const tracers = new Map<string, Tracer>();
  return {
    getTracer(name, version = "") {
      const key = `${name}@${version}`;
      const known = tracers.get(key) ?? makeTracer({ name: text(name), version: text(version) });
      if (tracers.size < MOST_SHARED) tracers.set(key, known);
      return known;
    },
  };
}
