import { randomUUID } from "node:crypto";
import { encodeEnvelope, type SentryProject } from "../transport/envelope.ts";
import { VERSION } from "../version.ts";
import type { SentryEvent } from "./sentry-event.ts";

/**
 * An event as Sentry takes it: an envelope of its own, with the trace that it belongs to in its header.
 *
 * @param at when it happened, in milliseconds since the epoch.
 */
export function eventEnvelope(event: SentryEvent, project: SentryProject, at: number = Date.now()): Buffer {
  const eventId = randomUUID().replaceAll("-", "");
  const header = {
    event_id: eventId,
    sent_at: new Date().toISOString(),
    trace: {
      trace_id: event.contexts.trace.trace_id,
      public_key: project.publicKey,
      release: event.release,
      environment: event.environment,
    },
  };
  const sdk = { name: "tracekeep", version: VERSION };
  return encodeEnvelope(header, "event", {
    event_id: eventId,
    timestamp: at / 1_000,
    sdk,
    ...event,
  });
}
