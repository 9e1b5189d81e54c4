import type { HttpTarget } from "./http-sender.ts";

/** What is known of a project from its DSN. */
export interface SentryProject {
  readonly protocol: string;
  readonly host: string;
  readonly path: string;
  readonly projectId: string;
  /** Secret. */
  readonly publicKey: string;
}

/** Where Sentry takes envelopes of a project. */
export function envelopeTarget(project: SentryProject, ca: HttpTarget["ca"] = []): HttpTarget {
  const { protocol, host, path, projectId, publicKey } = project;
  return {
    url: `${protocol}//${host}${path}/api/${projectId}/envelope/`,
    headers: {
      "content-type": "application/x-sentry-envelope",
      "x-sentry-auth": `Sentry sentry_version=7, sentry_key=${publicKey}, sentry_client=tracekeep`,
    },
    ca,
  };
}

/** The same for bodies that are compressed. */
export function forGzip(target: HttpTarget): HttpTarget {
  return { ...target, headers: { ...target.headers, "content-encoding": "gzip" } };
}

/** An envelope with one item. */
export function encodeEnvelope(header: object, type: string, payload: object): Buffer {
  return Buffer.from(`${JSON.stringify(header)}\n${JSON.stringify({ type })}\n${JSON.stringify(payload)}\n`);
}
