import type { TracingConfig } from "../config/index.ts";
import { createEnvelopeEncoder, createTransactionStream, splitTooLarge } from "../envelope/index.ts";
import type { Logger } from "../logger.ts";
import { createRequestEncoder, type EncodedSpan } from "../otlp/index.ts";
import { ClientReports, type DiscardReason } from "../transport/client-reports.ts";
import { envelopeTarget } from "../transport/envelope.ts";
import type { HttpSender } from "../transport/http-sender.ts";
import { createHttpSender } from "../transport/http-sender.ts";
import type { Parcel } from "../transport/parcel.ts";
import { BatchExporter, type BatchExporterOptions, type PostListener } from "./batch-exporter.ts";
import { type Destination, destinationsOf, type EnvelopeAddress } from "./destinations.ts";
import type { ExportStats } from "./export-counters.ts";
import type { DropListener } from "./losses.ts";
import type { Outgoing } from "./outgoing.ts";
import type { Wire } from "./wire.ts";

/** Takes encoded spans and sends them to every destination. */
export interface SpanExporter {
  /** False if there is no destination. */
  add(span: EncodedSpan): boolean;
  flush(): Promise<void>;
  shutdown(limitMs: number): Promise<void>;
  /** For a process that ends now: saves what has not arrived of kept traces, and returns what could not be saved. */
  rescue(): readonly Parcel[];
  /** Per destination, by its kind and host: `sentry HOST`, `otlp HOST`. */
  stats(): Readonly<Record<string, ExportStats>>;
}

export interface SpanExporterOptions {
  readonly config: TracingConfig;
  readonly resource: Readonly<Record<string, string>>;
  readonly logger: Logger;
  /** Runs the exporter's own requests so that no instrumentation traces them. */
  readonly untraced: <T>(fn: () => T) => T;
  /** Makes what is told of each request to a destination; by default nobody is. */
  readonly measure?: ((destination: string) => PostListener | undefined) | undefined;
}

/** What leads to one destination. */
type Outlet = Omit<SpanExporter, "add" | "stats"> & {
  readonly name: string;
  add(span: EncodedSpan): void;
  stats(): ExportStats;
};

/** What Sentry calls the reasons of ours; what it has refused itself, it has counted itself. */
const DISCARDED: Readonly<Partial<Record<Parameters<DropListener>[0], DiscardReason>>> = {
  queue_full: "queue_overflow",
  rate_limited: "ratelimit_backoff",
  too_large: "send_error",
  spool: "cache_overflow",
  undeliverable: "network_error",
};

const SPANS: ReadonlySet<string> = new Set(["span", "span_indexed"]);
const TRANSACTIONS: ReadonlySet<string> = new Set(["transaction", "transaction_indexed"]);
/** The part of a queue's bytes that may wait for its transaction instead. */
const HELD_PART = 4;
/** Each transaction is a request of its own: waiting for others saves nothing, and one at a time may be too slow. */
const TRANSACTIONS_WAIT_MS = 1;
const LEAST_CONCURRENCY = 4;

export function createSpanExporter(options: SpanExporterOptions): SpanExporter {
  const reports = createReports(options);
  const outlets = destinationsOf(options.config).map((destination) =>
    destination.envelope === undefined
      ? otlpOutlet(options, destination, reports)
      : envelopeOutlet(options, destination, destination.envelope, reports),
  );
  const all = async (action: (outlet: Outlet) => Promise<void>): Promise<void> => {
    await Promise.all(outlets.map(action));
  };
  return {
    add(span) {
      if (outlets.length === 0) return false;
      for (const outlet of outlets) outlet.add(span);
      return true;
    },
    async flush() {
      await all((outlet) => outlet.flush());
      await reports?.flush();
    },
    async shutdown(limitMs) {
      const from = performance.now();
      await all((outlet) => outlet.shutdown(limitMs));
      await reports?.shutdown(limitMs - (performance.now() - from));
    },
    rescue: () => outlets.flatMap((outlet) => outlet.rescue()),
    stats: () => Object.fromEntries(outlets.map((outlet) => [outlet.name, outlet.stats()])),
  };
}

function otlpOutlet(
  options: SpanExporterOptions,
  destination: Destination,
  reports: ClientReports | undefined,
): Outlet {
  const wire = {
    encode: createRequestEncoder(options.resource),
    mostItems: Number.POSITIVE_INFINITY,
    categories: SPANS,
  };
  const sender = createSenderTo(options, destination);
  const exporter = new BatchExporter(exporterOptions(options, destination, sender, wire, reports));
  return {
    name: destination.name,
    add: (span) => exporter.add(span),
    flush: () => exporter.flush(),
    shutdown: (limitMs) => exporter.shutdown(limitMs),
    rescue: () => exporter.rescue(),
    stats: () => exporter.stats(),
  };
}

function envelopeOutlet(
  given: SpanExporterOptions,
  destination: Destination,
  { publicKey, organizationId }: EnvelopeAddress,
  reports: ClientReports | undefined,
): Outlet {
  const { queueBytes, batchBytes } = given.config.export;
  const concurrency = Math.max(given.config.export.concurrency, LEAST_CONCURRENCY);
  const settings = { ...given.config.export, intervalMs: TRANSACTIONS_WAIT_MS, concurrency };
  const options = { ...given, config: { ...given.config, export: settings } };
  const sender = createSenderTo(options, destination);
  const exporter = new BatchExporter(
    exporterOptions(
      options,
      destination,
      { ...sender, post: splitTooLarge(sender.post) },
      { encode: createEnvelopeEncoder(publicKey), mostItems: 1, categories: TRANSACTIONS },
      reports,
    ),
  );
  const transactions = createTransactionStream({
    resource: options.resource,
    organizationId,
    heldBytes: queueBytes / HELD_PART,
    transactionBytes: Math.min(batchBytes, queueBytes),
    send: (transaction) => exporter.add(transaction),
    logger: options.logger,
  });
  return {
    name: destination.name,
    add: (span) => transactions.add(span),
    async flush() {
      transactions.flush();
      await exporter.flush();
    },
    async shutdown(limitMs) {
      transactions.close();
      await exporter.shutdown(limitMs);
    },
    rescue() {
      transactions.close();
      return exporter.rescue();
    },
    stats() {
      const stats = exporter.stats();
      const { spans, bytes } = transactions;
      return { ...stats, queuedSpans: stats.queuedSpans + spans, queuedBytes: stats.queuedBytes + bytes };
    },
  };
}

function createSenderTo({ config, untraced }: SpanExporterOptions, destination: Destination): HttpSender {
  const { headers, gzip } = destination;
  const sender = createHttpSender({
    ...destination,
    headers: gzip ? { ...headers, "content-encoding": "gzip" } : headers,
    concurrency: config.export.concurrency,
  });
  return { ...sender, post: (body) => untraced(() => sender.post(body)) };
}

function exporterOptions<T extends Outgoing>(
  { config, logger, measure }: SpanExporterOptions,
  { name, gzip }: Destination,
  sender: HttpSender,
  wire: Wire<T>,
  reports: ClientReports | undefined,
): BatchExporterOptions<T> {
  const dropped: DropListener = (reason, lost) => {
    const discarded = DISCARDED[reason];
    if (discarded !== undefined && name.startsWith("sentry ")) reports?.record(discarded, lost);
  };
  const posted = measure?.(name);
  return { ...config.export, destination: name, gzip, sender, wire, logger, dropped, posted };
}

/** Sentry wants to know what was dropped before it came to it. */
function createReports({ config, untraced }: SpanExporterOptions): ClientReports | undefined {
  if (config.sentryDsn === undefined) return undefined;
  const { timeoutMs, ca, protocol } = config.export;
  const sender = createHttpSender({ ...envelopeTarget(config.sentryDsn, [ca]), timeoutMs });
  const post = (body: Uint8Array) => untraced(() => sender.post(body));
  return new ClientReports({ sender: { ...sender, post }, transactions: protocol === "envelope" });
}
