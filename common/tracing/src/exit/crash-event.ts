import { gzipSync } from "node:zlib";
import type { Dsn } from "../config/dsn.ts";
import {
  type EventIdentity,
  eventEnvelope,
  type Failure,
  parseStack,
  toSentryEvent,
} from "../errors/index.ts";

/** The error event of a crash, as an envelope, compressed at once: there is no time to wait for anything. */
export function crashEvent(failure: Failure, identity: EventIdentity, dsn: Dsn): Buffer {
  const event = toSentryEvent(failure, identity, parseStack);
  return gzipSync(eventEnvelope({ ...event, level: "fatal" }, dsn));
}
