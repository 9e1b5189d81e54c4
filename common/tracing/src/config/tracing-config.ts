import type { RemoteTrust } from "../propagation/extract.ts";
import type { PropagationTarget } from "../propagation/targets.ts";
import type { MethodRule } from "../sampling/method-rules.ts";
import type { Dsn } from "./dsn.ts";
import type { SecretText } from "./secret-text.ts";

/** A validated configuration, frozen; made by `loadTracingConfig`. */
export interface TracingConfig {
  /** False makes everything a no-op. */
  readonly enabled: boolean;
  readonly serviceName: string;
  readonly serviceVersion: string;
  readonly environment: string;
  /** Tells this process from others of the service; undefined: a random one is made at the start. */
  readonly serviceInstanceId: string | undefined;
  /** Where Sentry takes spans and errors; undefined sends nothing to Sentry. Prints without its key. */
  readonly sentryDsn: Dsn | undefined;
  /** Share of new traces that are sampled, 0 to 1. */
  readonly sampleRate: number;
  readonly keep: {
    /** Failed traces are kept whatever the sampling rate. */
    readonly errors: boolean;
    /** Traces whose entry lasts longer, in milliseconds, are kept; 0 for never. */
    readonly slowMs: number;
    /** Bound of the traces that this process decides to keep. */
    readonly maxPerSecond: number;
    /** Bound of the flight record, in bytes. */
    readonly recorderBytes: number;
  };
  /** Sampling by method, first match wins; the built-in rules come last. */
  readonly methodRules: readonly MethodRule[];
  /** Hosts to which trace headers are sent. */
  readonly propagationTargets: readonly PropagationTarget[];
  readonly trustRemote: RemoteTrust;
  /** The lower-case metadata key, or baggage member, that names a request's tenant; undefined: tenants are not recorded. */
  readonly tenantKey: string | undefined;
  /** A second destination that speaks OTLP/HTTP, such as a Collector. Its headers are secret. */
  readonly otlp: OtlpDestination | undefined;
  readonly export: {
    /** How spans go to Sentry: by OTLP, or as transactions in envelopes. */
    readonly protocol: "otlp" | "envelope";
    /** Bound of all spans that wait to be sent, in bytes. */
    readonly queueBytes: number;
    /** Bound of one request before compression, in bytes. */
    readonly batchBytes: number;
    /** Longest wait of a span for its batch, in milliseconds. */
    readonly intervalMs: number;
    /** Requests to one destination that may be under way at a time. */
    readonly concurrency: number;
    /** Time limit of one request, in milliseconds. */
    readonly timeoutMs: number;
    /** Certificates (PEM) that are trusted beside the usual ones, for all destinations. */
    readonly ca: string | undefined;
    /** Whether a process that crashes sends what it has of kept traces. */
    readonly atCrash: boolean;
    /** Where spans of kept traces wait on disk if they cannot be sent; undefined for nowhere. */
    readonly spool: SpoolSettings | undefined;
  };
  readonly limits: {
    readonly attributes: number;
    readonly events: number;
    /** Longest string value, in UTF-16 code units; longer ones are cut. */
    readonly valueLength: number;
  };
  readonly sanitize: {
    readonly keys: readonly string[];
    readonly patterns: readonly RegExp[];
    /** With it secrets are hashed, not masked. */
    readonly hashKey?: SecretText | undefined;
  };
  /** Lower-case metadata keys whose values are recorded on RPC spans. */
  readonly captureMetadata: readonly string[];
  /** Things that were accepted but are worth a line in the log. */
  readonly warnings: readonly string[];
}

/** A destination that speaks OTLP/HTTP. */
export interface OtlpDestination {
  readonly url: string;
  readonly headers: SecretHeaders;
  /** Time limit of one request, in milliseconds. */
  readonly timeoutMs: number;
  readonly gzip: boolean;
  /** Certificates (PEM) that are trusted beside the usual ones, for this destination alone. */
  readonly ca: string | undefined;
}

export interface SpoolSettings {
  readonly directory: string;
  /** Bound of all files in the directory, in bytes. */
  readonly bytes: number;
  /** What is older, in milliseconds, is thrown away. */
  readonly maxAgeMs: number;
}

/** Request headers whose values stay out of logs: they print as their names only. */
export class SecretHeaders {
  readonly #values: Readonly<Record<string, string>>;

  constructor(values: Record<string, string>) {
    this.#values = Object.freeze({ ...values });
  }

  reveal(): Readonly<Record<string, string>> {
    return this.#values;
  }

  toJSON(): string[] {
    return Object.keys(this.#values);
  }

  /** What `console.log` and `util.inspect` show. */
  [Symbol.for("nodejs.util.inspect.custom")](): string[] {
    return this.toJSON();
  }
}
