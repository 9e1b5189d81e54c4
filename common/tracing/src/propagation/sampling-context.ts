/** What Sentry's dynamic sampling context says of a trace (`sentry-*` members of the baggage header). */
export interface SamplingContextFacts {
  readonly traceId: string;
  readonly sampled: boolean;
  readonly probability?: number | undefined;
  /** Where the trace stands between 0 and 1. */
  readonly draw?: number | undefined;
  /** The name of the trace's first span, sanitised. */
  readonly transaction?: string | undefined;
}

/** What is the same for every trace of a service. */
export interface SamplingContextIdentity {
  readonly environment: string;
  readonly release: string;
  /** Of the DSN, where there is one. */
  readonly publicKey: string | undefined;
  readonly organizationId: string | undefined;
}

/** Compiles the members that never change; the result writes those of one trace behind them. */
export function createSamplingContext(
  identity: SamplingContextIdentity,
): (facts: SamplingContextFacts) => string {
  const { environment, release, publicKey, organizationId } = identity;
  const constant = [
    member("environment", environment),
    member("release", release),
    publicKey === undefined ? "" : member("public_key", publicKey),
    organizationId === undefined ? "" : member("org_id", organizationId),
  ].join("");
  return ({ traceId, sampled, probability, draw, transaction }) => {
    let header = `sentry-trace_id=${traceId}${constant}`;
    if (probability !== undefined) header += `,sentry-sample_rate=${decimal(probability)}`;
    if (draw !== undefined) header += `,sentry-sample_rand=${formatDraw(draw, probability)}`;
    header += `,sentry-sampled=${sampled}`;
    if (transaction !== undefined) header += member("transaction", transaction.slice(0, 200));
    return header;
  };
}

function member(name: string, value: string): string {
  return `,sentry-${name}=${encodeURIComponent(value.toWellFormed())}`;
}

/** Six digits, cut and not rounded, as Sentry's SDKs do it, unless that would contradict the decision. */
function formatDraw(draw: number, probability: number | undefined): string {
  const millionths = Math.floor(draw * 1e6);
  const cut = millionths / 1e6;
  const agrees = probability === undefined || cut < probability === draw < probability;
  // `toFixed` takes 400 ns.
  return agrees ? `0.${String(millionths).padStart(6, "0")}` : decimal(draw);
}

/** A number without an exponent, which not every reader of baggage takes. */
function decimal(value: number): string {
  const text = String(value);
  return text.includes("e") ? value.toFixed(20).replace(/0+$/, "") : text;
}

/** The sampling rate that a foreign context names. */
export function rateOf(members: ReadonlyMap<string, string>): number | undefined {
  const value = Number(members.get("sentry-sample_rate") ?? Number.NaN);
  return value > 0 && value <= 1 ? value : undefined;
}
