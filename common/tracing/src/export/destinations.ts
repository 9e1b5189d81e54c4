import type { TracingConfig } from "../config/index.ts";
import { SDK } from "../envelope/index.ts";

/** A place that spans are sent to. */
export interface Destination {
  /** What it is and its host, for messages and numbers: both kinds may be on one host. */
  readonly name: string;
  readonly url: string;
  /** Secret. */
  readonly headers: Readonly<Record<string, string>>;
  readonly gzip: boolean;
  /** Time limit of one request, in milliseconds. */
  readonly timeoutMs: number;
  /** Certificates (PEM) that are trusted beside Node's. */
  readonly ca: readonly (string | undefined)[];
  /** Where Sentry takes transactions in envelopes; undefined for OTLP. */
  readonly envelope: EnvelopeAddress | undefined;
}

export interface EnvelopeAddress {
  /** Secret. */
  readonly publicKey: string;
  readonly organizationId: string | undefined;
}

/** Sentry, if there is a DSN, and an OTLP backend, if there is an endpoint. */
export function destinationsOf(config: TracingConfig): Destination[] {
  const { sentryDsn, otlp } = config;
  const { protocol, timeoutMs, ca } = config.export;
  const destinations: Destination[] = [];
  if (sentryDsn !== undefined) {
    const address = protocol === "envelope" ? byEnvelope(sentryDsn) : byOtlp(sentryDsn);
    destinations.push({ name: `sentry ${sentryDsn.host}`, ...address, gzip: true, timeoutMs, ca: [ca] });
  }
  if (otlp !== undefined) {
    destinations.push({
      name: `otlp ${new URL(otlp.url).host}`,
      url: otlp.url,
      headers: { ...otlp.headers.reveal(), ...OTLP_CONTENT },
      gzip: otlp.gzip,
      timeoutMs: otlp.timeoutMs,
      ca: [ca, otlp.ca],
      envelope: undefined,
    });
  }
  return destinations;
}

type SentryDsn = NonNullable<TracingConfig["sentryDsn"]>;
type Address = Pick<Destination, "url" | "headers" | "envelope">;

const OTLP_CONTENT = { "content-type": "application/x-protobuf" };

function byOtlp({ otlpTracesUrl, publicKey }: SentryDsn): Address {
  return {
    url: otlpTracesUrl,
    headers: { "x-sentry-auth": `sentry sentry_key=${publicKey}`, ...OTLP_CONTENT },
    envelope: undefined,
  };
}

function byEnvelope({ protocol, host, path, projectId, publicKey, organizationId }: SentryDsn): Address {
  const client = `${SDK.name}/${SDK.version}`;
  return {
    url: `${protocol}//${host}${path}/api/${projectId}/envelope/`,
    headers: {
      "x-sentry-auth": `Sentry sentry_key=${publicKey}, sentry_version=7, sentry_client=${client}`,
      "content-type": "application/x-sentry-envelope",
    },
    envelope: { publicKey, organizationId },
  };
}
