import { randomUUID } from "node:crypto";
import { createRequire } from "node:module";
import { gzipSync } from "node:zlib";
import type { StackParser } from "@sentry/core";
import type { Failure } from "../errors/failure.ts";
import { type EventIdentity, toSentryEvent } from "../errors/sentry-event.ts";
import { encodeEnvelope } from "../transport/envelope.ts";
import { VERSION } from "../version.ts";

/** The error event of a crash, as an envelope; made without the client, which needs an event loop. */
export function crashEvent(failure: Failure, identity: EventIdentity): Buffer {
  const eventId = randomUUID().replaceAll("-", "");
  const event = {
    ...toSentryEvent(failure, identity, loadStackParser()),
    event_id: eventId,
    timestamp: Date.now() / 1_000,
    level: "fatal",
    sdk: { name: "tracekeep", version: VERSION },
  };
  const header = { event_id: eventId, sent_at: new Date().toISOString() };
  return gzipSync(encodeEnvelope(header, "event", event));
}

/** Sentry's own, so that frames look as they do in other events; undefined if it cannot be loaded. */
function loadStackParser(): StackParser | undefined {
  try {
    const require = createRequire(import.meta.url);
    const { createStackParser } = require("@sentry/core") as typeof import("@sentry/core");
    const { nodeStackLineParser } = require("@sentry/core/server") as typeof import("@sentry/core/server");
    return createStackParser(nodeStackLineParser());
  } catch {
    return undefined;
  }
}
