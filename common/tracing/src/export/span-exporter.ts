import type { TracingConfig } from "../config/index.ts";
import type { Logger } from "../logger.ts";
import { createRequestEncoder, type EncodedSpan } from "../otlp/index.ts";
import { createHttpSender } from "../transport/http-sender.ts";
import { BatchExporter } from "./batch-exporter.ts";
import { destinationsOf } from "./destinations.ts";
import type { ExportStats } from "./export-counters.ts";

/** Takes encoded spans and sends them to every destination. */
export interface SpanExporter {
  /** False if there is no destination. */
  add(span: EncodedSpan): boolean;
  flush(): Promise<void>;
  shutdown(limitMs: number): Promise<void>;
  /** Per destination, by its kind and host: `sentry HOST`, `otlp HOST`. */
  stats(): Readonly<Record<string, ExportStats>>;
}

export interface SpanExporterOptions {
  readonly config: TracingConfig;
  readonly resource: Readonly<Record<string, string>>;
  readonly logger: Logger;
  /** Runs the exporter's own requests so that no instrumentation traces them. */
  readonly untraced: <T>(fn: () => T) => T;
}

const SPANS: ReadonlySet<string> = new Set(["span", "span_indexed"]);

export function createSpanExporter({
  config,
  resource,
  logger,
  untraced,
}: SpanExporterOptions): SpanExporter {
  const encode = createRequestEncoder(resource);
  const exporters = destinationsOf(config).map(({ name, url, headers }) => {
    const sender = createHttpSender({
      url,
      headers: { ...headers, "content-type": "application/x-protobuf", "content-encoding": "gzip" },
      timeoutMs: config.export.timeoutMs,
      concurrency: config.export.concurrency,
    });
    const post = (body: Uint8Array) => untraced(() => sender.post(body));
    return new BatchExporter({
      ...config.export,
      destination: name,
      sender: { ...sender, post },
      wire: { encode, mostItems: Number.POSITIVE_INFINITY, categories: SPANS },
      logger,
    });
  });
  const all = async (action: (exporter: BatchExporter<EncodedSpan>) => Promise<void>): Promise<void> => {
    await Promise.all(exporters.map(action));
  };
  return {
    add(span) {
      if (exporters.length === 0) return false;
      for (const exporter of exporters) exporter.add(span);
      return true;
    },
    flush: () => all((exporter) => exporter.flush()),
    shutdown: (limitMs) => all((exporter) => exporter.shutdown(limitMs)),
    stats: () => Object.fromEntries(exporters.map((exporter) => [exporter.destination, exporter.stats()])),
  };
}
