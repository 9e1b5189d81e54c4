import { trace } from "@opentelemetry/api";
import type { Contexts } from "../tracer/index.ts";
import { isSentryLoaded } from "./user-client.ts";

/**
 * Lets events that the service itself sends to Sentry carry the active span's ids, if it has called
 * `Sentry.init` before. Nothing is loaded where Sentry is not. The link stays after shutdown: events
 * that are under way then are still to get their ids, and without spans it does nothing.
 */
export function linkUserSentry(contexts: Contexts): void {
  if (!isSentryLoaded()) return;
  import("@sentry/core").then(
    ({ registerExternalPropagationContext }) =>
      registerExternalPropagationContext(() => trace.getSpanContext(contexts.active())),
    () => {},
  );
}
