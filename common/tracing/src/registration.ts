import { readFileSync } from "node:fs";
import { findPackageJSON } from "node:module";
import { propagation, type TextMapPropagator, type TracerProvider, trace } from "@opentelemetry/api";
import { earlyProviders } from "./early-tracers.ts";
import type { Logger } from "./logger.ts";

const API_GLOBAL = Symbol.for("opentelemetry.js.api.1");

/**
 * Makes Tracekeep the process's OpenTelemetry, so that other instrumentations land in the same traces.
 * Where another SDK came first, it stays: Tracekeep's own spans still go their way, and one line says
 * what is missing. The result takes back what was registered.
 */
export function register(
  provider: TracerProvider,
  propagator: TextMapPropagator,
  logger: Logger,
): () => void {
  const early = earlyProviders();
  const ownProvider = trace.setGlobalTracerProvider(provider);
  if (ownProvider) for (const each of early) each.setDelegate?.(provider);
  const ownPropagator = propagation.setGlobalPropagator(propagator);
  if (!ownProvider || !ownPropagator) logger.warn({ event: "tracekeep.other_sdk" }, explain());
  return () => {
    if (ownProvider) trace.disable();
    if (ownPropagator) propagation.disable();
  };
}

function explain(): string {
  const registered = (globalThis as unknown as Record<symbol, { version?: string } | undefined>)[API_GLOBAL]
    ?.version;
  const own = apiVersion();
  const consequence =
    "gRPC calls and withSpan are traced; spans of other OpenTelemetry instrumentations are not sent by Tracekeep";
  return registered !== undefined && own !== undefined && registered !== own
    ? `@opentelemetry/api ${registered} was loaded before Tracekeep's ${own}, and only one version can be registered: ${consequence}. Install one version.`
    : `Another OpenTelemetry SDK, or a second startTracing, is registered in this process: ${consequence}.`;
}

/** Undefined where there is no package to look into, as in a bundle. */
function apiVersion(): string | undefined {
  try {
    const path = findPackageJSON("@opentelemetry/api", import.meta.url);
    return path === undefined
      ? undefined
      : (JSON.parse(readFileSync(path, "utf8")) as { version: string }).version;
  } catch {
    return undefined;
  }
}
