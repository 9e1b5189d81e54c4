import { setImmediate } from "node:timers/promises";
import type { Scope } from "@sentry/core";
import type { Dsn } from "../config/dsn.ts";
import type { Logger } from "../logger.ts";
import { loadCoreClient, type SentryClient } from "./core-client.ts";
import type { Failure } from "./failure.ts";
import { type EventIdentity, toSentryEvent } from "./sentry-event.ts";
import { findUserSentry } from "./user-client.ts";

/** Makes Sentry issues of failures. */
export interface ErrorReporter {
  /** Never throws, never waits; true if an issue is made of it. */
  report(failure: Failure): boolean;
  /** Whether failures become issues at all. */
  reports(): boolean;
  flush(limitMs: number): Promise<void>;
  shutdown(limitMs: number): Promise<void>;
  stats(): { readonly reported: number; readonly dropped: number };
}

export interface ErrorReporterOptions {
  readonly dsn: Dsn | undefined;
  readonly identity: EventIdentity;
  readonly timeoutMs: number;
  /** Certificates (PEM) that are trusted beside Node's. */
  readonly ca?: string | undefined;
  readonly untraced: <T>(fn: () => T) => T;
  /** Whether an event may be made of a failure of this trace. */
  readonly mayReport: (traceId: string) => boolean;
  readonly logger: Logger;
}

/** Events that may wait while the client is being loaded. */
const MOST_WAITING = 100;

export function createErrorReporter(options: ErrorReporterOptions): ErrorReporter {
  const { dsn, identity, logger, untraced } = options;
  let own: SentryClient | undefined;
  let loading: Promise<void> | undefined;
  let waiting: Failure[] = [];
  let closed = false;
  const stats = { reported: 0, dropped: 0 };

  const send = (failure: Failure): void => {
    const user = findUserSentry();
    const client = user?.client ?? own?.client;
    if (client === undefined) return;
    const event = toSentryEvent(failure, identity, client.getOptions().stackParser);
    const scope = user === undefined ? own?.makeScope() : emptyLike(user.scope);
    // The envelope belongs to the failure's trace, whatever is going on now.
    scope?.setPropagationContext({ traceId: failure.traceId, sampleRand: 0 });
    untraced(() => client.captureEvent(event, {}, scope));
    stats.reported++;
  };

  const load = async (known: Dsn): Promise<void> => {
    try {
      const loaded = await loadCoreClient({ ...options, dsn: known });
      // Loaded too late: nobody else would close it.
      if (closed) {
        stats.dropped += waiting.length;
        await loaded.close();
      } else {
        own = loaded;
        waiting.forEach(send);
      }
    } catch (error) {
      stats.dropped += waiting.length;
      logger.error(
        { error: (error as Error).message },
        "Sentry's client could not be loaded: no error events are sent.",
      );
    }
    waiting = [];
  };

  const flush = async (limitMs: number): Promise<void> => {
    const started = Date.now();
    if (loading !== undefined) await within(limitMs, loading);
    await own?.client.flush(Math.max(0, limitMs - (Date.now() - started)));
  };

  /** True if the failure was sent, or will be as soon as the client is there. */
  const accept = (failure: Failure): boolean => {
    if (own !== undefined || findUserSentry() !== undefined) {
      send(failure);
      return true;
    }
    if (dsn === undefined) return false;
    if (waiting.length >= MOST_WAITING) {
      stats.dropped++;
      return false;
    }
    waiting.push(failure);
    // After the answer that is just being sent: loading takes the event loop for a while.
    loading ??= setImmediate().then(() => load(dsn));
    return true;
  };

  return {
    report(failure) {
      try {
        if (!closed && options.mayReport(failure.traceId)) return accept(failure);
        stats.dropped++;
      } catch (error) {
        stats.dropped++;
        logger.warn({ error: (error as Error).message }, "An error event could not be made.");
      }
      return false;
    },
    reports: () => !closed && (dsn !== undefined || findUserSentry() !== undefined),
    flush,
    async shutdown(limitMs) {
      await flush(limitMs);
      closed = true;
      await own?.close();
    },
    stats: () => ({ ...stats }),
  };
}

/** Waits for a promise, but no longer than the limit. */
async function within(limitMs: number, promise: Promise<unknown>): Promise<void> {
  const { promise: limit, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, limitMs);
  await Promise.race([promise, limit]);
  clearTimeout(timer);
}

/** A scope of the user's version of Sentry, without what the user has put into theirs: none of it was sanitised. */
function emptyLike(scope: Scope): Scope {
  return new (scope.constructor as new () => Scope)();
}
