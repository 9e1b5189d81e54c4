import type { ClientOptions, Interceptor, Server, ServerInterceptor } from "@grpc/grpc-js";
import type { Span } from "@opentelemetry/api";
import type { EntrySettings, SpanSettings } from "./business-spans.ts";
import type { ErrorEventStats } from "./errors/index.ts";
import type { ExportStats } from "./export/index.ts";
import type { SpanCounters } from "./metrics/index.ts";
import type { Carrier } from "./propagation/index.ts";
import type { RecallCounters } from "./recall/index.ts";
import type { FlightRecordStats, KeepCounters } from "./recorder/index.ts";

/** What tracing has done since its start. */
export interface TracingStats {
  readonly spans: Readonly<SpanCounters> & {
    /** Begun and not yet ended. */
    readonly open: number;
    /** Handed to the exporters. */
    readonly exported: number;
  };
  /** Time that tracing's own code has taken at the begins and ends of spans, in seconds; estimated from one in 61 of them. */
  readonly processing: { readonly seconds: number };
  /** The flight record: what it holds, and how far back a failure can still reach. */
  readonly record: FlightRecordStats;
  /** Traces kept beyond sampling, and spans sent of them. */
  readonly kept: Readonly<KeepCounters> & { readonly spans: number };
  /** Branches of kept traces in other processes. */
  readonly recalls: Readonly<RecallCounters>;
  /** Sentry error events: sent, and given up or refused by the limit; what waits to be sent is in neither. */
  readonly errors: ErrorEventStats;
  /** Per destination, by its kind and host: `sentry HOST`, `otlp HOST`. */
  readonly export: Readonly<Record<string, ExportStats>>;
}

/** Tracing of one service, running from `startTracing` to `shutdown`. */
export interface Tracing {
  /** False if `TRACING_ENABLED` is: everything here does nothing then, and functions are just called. */
  readonly enabled: boolean;

  /** For `new Server({ interceptors })`; first in the list if there are others, so that theirs are traced, too. */
  serverInterceptors(): ServerInterceptor[];

  /**
   * Lets callers ask this server to keep their failed traces, by a service of its own; without it all works
   * but that. Also checks that the server has the interceptors, and says so once if not. Safe to call twice.
   */
  attach(server: Server): void;

  /**
   * For `new Client(address, credentials, options)`: the user's own options, with a channel that traces
   * every call, whatever interceptors the client or the call has.
   */
  clientOptions(own?: ClientOptions): ClientOptions;

  /** For clients that are made another way. Interceptors given to a call replace these, and the call is not traced. */
  clientInterceptors(): Interceptor[];

  /** See the function `withSpan`. */
  withSpan<T>(name: string, fn: (span: Span) => T): T;
  withSpan<T>(name: string, settings: SpanSettings, fn: (span: Span) => T): T;

  /** See the function `keepTrace`. */
  keepTrace(reason: string): boolean;
  /** See the function `continueTrace`. */
  continueTrace<T>(carrier: Carrier, settings: EntrySettings, fn: (span: Span) => T): T;

  /** Sends all ended spans and error events that wait. Never rejects. */
  forceFlush(): Promise<void>;

  /**
   * Flushes within the limit (milliseconds, default 5,000, also for what is no number of milliseconds), then stops: no timer, listener or connection
   * is left. Later calls return the same promise; calls and spans afterwards work untraced. Never rejects.
   */
  shutdown(limitMs?: number): Promise<void>;

  stats(): TracingStats;
}
