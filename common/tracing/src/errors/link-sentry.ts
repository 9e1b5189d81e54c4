import { trace } from "@opentelemetry/api";
import type { Contexts } from "../tracer/index.ts";
import { sentryCarriers } from "./user-client.ts";

/**
 * Lets events that the service itself sends to Sentry carry the active span's ids, if it has called
 * `Sentry.init` before. This is what `registerExternalPropagationContext` of Sentry's core does, done
 * for each version that is loaded: the function of another version would do it for that one only.
 * The link stays after shutdown: events that are under way then are still to get their ids, and
 * without spans it does nothing.
 */
export function linkUserSentry(contexts: Contexts): void {
  for (const carrier of sentryCarriers()) {
    carrier.externalPropagationContextProvider ??= () => trace.getSpanContext(contexts.active());
  }
}
