import { gunzipSync } from "node:zlib";
import { countDatadogSpans } from "./count-datadog.ts";
import { countEnvelopeSpans } from "./count-envelope.ts";
import { countOtlpSpans } from "./count-otlp.ts";

/** A request as it came. */
export interface Received {
  readonly path: string;
  readonly gzip: boolean;
  readonly body: Buffer;
}

/** The spans in a request to Sentry's OTLP or envelope address, an OTLP endpoint or a Datadog agent. */
export function countSpans({ path, gzip, body }: Received): number {
  const plain = () => (gzip ? gunzipSync(body) : body);
  if (path.endsWith("/v1/traces") || path.endsWith("/v1/traces/")) return countOtlpSpans(plain());
  if (path.endsWith("/envelope/")) return countEnvelopeSpans(plain());
  if (path === "/v0.4/traces") return countDatadogSpans(plain());
  return 0;
}
