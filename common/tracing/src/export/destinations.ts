import type { TracingConfig } from "../config/index.ts";

/** A place that spans are sent to. */
export interface Destination {
  /** What it is and its host, for messages and numbers: both kinds may be on one host. */
  readonly name: string;
  readonly url: string;
  /** Secret. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Sentry, if there is a DSN, and an OTLP backend, if there is an endpoint. */
export function destinationsOf(config: TracingConfig): Destination[] {
  const { sentryDsn, otlp } = config;
  const destinations: Destination[] = [];
  if (sentryDsn !== undefined) {
    destinations.push({
      name: `sentry ${sentryDsn.host}`,
      url: sentryDsn.otlpTracesUrl,
      headers: { "x-sentry-auth": `sentry sentry_key=${sentryDsn.publicKey}` },
    });
  }
  if (otlp !== undefined) {
    destinations.push({
      name: `otlp ${new URL(otlp.url).host}`,
      url: otlp.url,
      headers: otlp.headers.reveal(),
    });
  }
  return destinations;
}
