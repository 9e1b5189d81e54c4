import type { Dsn } from "../config/dsn.ts";
import { createLimitedLog, type Logger } from "../logger.ts";
import { errorText } from "../text/error-text.ts";
import { withDebugImages } from "./debug-images.ts";
import { EventSender } from "./event-sender.ts";
import type { Failure } from "./failure.ts";
import { type EventIdentity, type SentryEvent, toSentryEvent } from "./sentry-event.ts";
import { parseStack } from "./stack-frames.ts";
import { findUserSentry, type UserScope, type UserSentry } from "./user-client.ts";

/** Makes Sentry issues of failures. */
export interface ErrorReporter {
  /** Never throws, never waits; true if an issue is made of it. */
  report(failure: Failure): boolean;
  /** Whether failures become issues at all. */
  reports(): boolean;
  /** Envelopes that have not arrived, compressed: the process dies. */
  rescue(): readonly Uint8Array[];
  flush(limitMs: number): Promise<void>;
  shutdown(limitMs: number): Promise<void>;
  /** Failures that have become events, and those that have not; what waits to be sent is in neither. */
  stats(): ErrorEventStats;
}

export interface ErrorEventStats {
  readonly reported: number;
  readonly dropped: number;
  /** The dropped ones: refused by the limit, not taken since too many wait or Sentry asked for silence, not accepted. */
  readonly limited: number;
  readonly held: number;
  readonly failed: number;
}

export interface ErrorReporterOptions {
  readonly dsn: Dsn | undefined;
  readonly identity: EventIdentity;
  readonly timeoutMs: number;
  /** Certificates (PEM) that are trusted beside Node's. */
  readonly ca?: string | undefined;
  /** Calls the service's own Sentry: within the request that failed. */
  readonly untraced: <T>(fn: () => T) => T;
  /** Calls what sends to ours: outside of all requests. */
  readonly sending: <T>(fn: () => T) => T;
  /** Sanitises a text, as those in failures were. */
  readonly clean: (text: string) => string;
  /** Whether an event may be made of a failure of this trace. */
  readonly mayReport: (keepId: string) => boolean;
  readonly logger: Logger;
}

export function createErrorReporter(options: ErrorReporterOptions): ErrorReporter {
  const { dsn, identity, logger, untraced, clean: cleanText } = options;
  const sender =
    dsn &&
    new EventSender<Failure>({
      ...options,
      project: dsn,
      untraced: options.sending,
      toEvent: (failure) => withDebugImages(toSentryEvent(failure, identity, parseStack), cleanText),
    });
  const log = createLimitedLog(logger);
  const warn = (event: string, reason: string, message: string): boolean =>
    log("warn", event, { event, reason }, message);
  let closed = false;
  let givenToUser = 0;
  let limited = 0;
  let held = 0;
  let failed = 0;

  /** To the service's own Sentry, if there is one: its frames, its transport, but a scope without what it holds. */
  const giveTo = ({ client, scope }: UserSentry, failure: Failure): void => {
    const parse = client.getOptions().stackParser ?? parseStack;
    const event = withDebugImages(toSentryEvent(failure, identity, parse), cleanText);
    const clean = emptyLike(scope);
    clean.addEventProcessor((filled, hint) => onlyOurs(filled, event, hint));
    // The envelope belongs to the failure's trace, whatever is going on now.
    clean.setPropagationContext({ traceId: failure.traceId, sampleRand: 0 });
    untraced(() => client.captureEvent(event, {}, clean));
    givenToUser++;
  };

  /** True if the failure was sent, or waits to be. */
  const accept = (failure: Failure): boolean => {
    const user = findUserSentry();
    // What the user has captured is an issue of theirs, linked to the trace.
    if (user !== undefined && failure.exception.captured === true) givenToUser++;
    else if (user !== undefined) giveTo(user, failure);
    else if (sender === undefined) return false;
    else if (!sender.send(failure)) {
      held++;
      const reason = "too many wait, or Sentry has asked for silence";
      warn("tracekeep.error_event.held", reason, "A failure has become no Sentry issue.");
      return false;
    }
    return true;
  };

  return {
    report(failure) {
      try {
        if (!closed && options.mayReport(failure.keepId)) return accept(failure);
        limited++;
      } catch (error) {
        failed++;
        warn("tracekeep.error_event.failed", errorText(error), "An error event could not be made.");
      }
      return false;
    },
    reports: () => !closed && (dsn !== undefined || findUserSentry() !== undefined),
    rescue: () => sender?.rescue() ?? [],
    async flush(limitMs) {
      await sender?.flush(limitMs);
    },
    async shutdown(limitMs) {
      await sender?.flush(limitMs);
      closed = true;
      await sender?.close();
    },
    stats() {
      const { sent, lost } = sender?.stats() ?? { sent: 0, lost: 0 };
      const dropped = limited + held + failed + lost;
      return { reported: givenToUser + sent, dropped, limited, held, failed: failed + lost };
    },
  };
}

/**
 * Sentry's SDK fills every event with what its isolation scope and its global one hold: the user, breadcrumbs, tags,
 * attachments, perhaps those of another request. The processors of the scope that is given come last. What the service's
 * own ones have made of the exception stays (`RewriteFrames`).
 */
function onlyOurs(filled: object, event: SentryEvent, hint: { attachments?: unknown[] }): object {
  hint.attachments = [];
  const { level, transaction, tags, contexts, fingerprint } = event;
  const ours = { level, transaction, tags, contexts, fingerprint };
  return {
    ...filled,
    ...ours,
    user: undefined,
    request: undefined,
    breadcrumbs: undefined,
    extra: undefined,
  };
}

/** A scope of the user's version of Sentry, without what the user has put into theirs: none of it was sanitised. */
function emptyLike(scope: UserScope): UserScope {
  return new (scope.constructor as new () => UserScope)();
}
