import { gzipSync } from "node:zlib";
import type { Dsn } from "../config/dsn.ts";
import {
  type EventIdentity,
  eventEnvelope,
  type Failure,
  parseStack,
  toSentryEvent,
  withDebugImages,
} from "../errors/index.ts";

/** The error event of a crash, as an envelope, compressed at once: there is no time to wait for anything. */
export function crashEvent(
  failure: Failure,
  identity: EventIdentity,
  dsn: Dsn,
  clean: (text: string) => string,
): Buffer {
  const event = withDebugImages(toSentryEvent(failure, identity, parseStack), clean);
  return gzipSync(eventEnvelope({ ...event, level: "fatal" }, dsn));
}
