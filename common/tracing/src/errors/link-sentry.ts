import { trace } from "@opentelemetry/api";
import type { Contexts } from "../tracer/index.ts";
import { isSentryLoaded } from "./user-client.ts";

/**
 * Lets events that the service itself sends to Sentry carry the active span's ids, if it has called
 * `Sentry.init` before. Nothing is loaded where Sentry is not.
 */
export function linkUserSentry(contexts: Contexts): () => void {
  if (!isSentryLoaded()) return () => {};
  let linked = true;
  const activeIds = (): { traceId: string; spanId: string } | undefined =>
    linked ? trace.getSpanContext(contexts.active()) : undefined;
  import("@sentry/core").then(
    ({ registerExternalPropagationContext }) => registerExternalPropagationContext(activeIds),
    () => {},
  );
  return () => {
    linked = false;
  };
}
