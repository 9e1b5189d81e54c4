import { Metadata } from "@grpc/grpc-js";
import type { ProbeServiceClient } from "@tracekeep/proto/probe/v1";
import { serveProbe } from "./probe.ts";

/** A server without tracing that shows what arrives. */
export interface WireServer {
  readonly address: string;
  /** Metadata of the calls, in the order of their arrival. */
  readonly seen: readonly Metadata[];
  /** The trace's headers of a call, by the number that its response counts, from 1. */
  headers(count: number): TraceHeaders;
  stop(): void;
}

export async function serveWire(): Promise<WireServer> {
  const seen: Metadata[] = [];
  const probe = await serveProbe(undefined, {
    unary(call, callback) {
      seen.push(call.metadata);
      callback(null, { text: call.request.text, count: seen.length });
    },
  });
  const headers = (count: number): TraceHeaders => {
    const metadata = seen[count - 1];
    if (metadata === undefined) throw new Error(`there was no call ${count}, only ${seen.length}`);
    return readTraceHeaders(metadata);
  };
  return { address: probe.address, seen, headers, stop: probe.stop };
}

/** A unary call; rejects if it fails. */
export function callUnary(
  client: ProbeServiceClient,
  { text = "", metadata = new Metadata() }: { text?: string; metadata?: Metadata } = {},
): Promise<{ readonly text: string; readonly count: number }> {
  return new Promise((resolve, reject) =>
    client.unary({ text, count: 0 }, metadata, (error, response) =>
      error ? reject(error) : resolve(response),
    ),
  );
}

export function metadataOf(headers: Readonly<Record<string, string | readonly string[]>>): Metadata {
  const metadata = new Metadata();
  for (const [name, values] of Object.entries(headers))
    for (const value of [values].flat()) metadata.add(name, value);
  return metadata;
}

/** The trace's headers as they arrived, each read by the rules of its own format. */
export interface TraceHeaders {
  readonly traceId: string;
  readonly spanId: string;
  /** Flags of `traceparent`; undefined if there is none. */
  readonly traceFlags: string | undefined;
  /** Last part of `sentry-trace`; undefined if the decision is open. */
  readonly sentryFlag: string | undefined;
  readonly tracestate: string;
  readonly baggage: Readonly<Record<string, string>>;
}

/** Reads the headers; throws unless each stands there once and the ids of both formats are equal. */
function readTraceHeaders(metadata: Metadata): TraceHeaders {
  const [sentryTrace, ...moreSentry] = metadata.get("sentry-trace").map(String);
  const [traceparent, ...moreParents] = metadata.get("traceparent").map(String);
  const baggage = metadata.get("baggage").map(String);
  if (sentryTrace === undefined || moreSentry.length + moreParents.length > 0 || baggage.length > 1)
    throw new Error(`headers are missing or doubled: ${JSON.stringify(metadata.getMap())}`);
  const [traceId = "", spanId = "", sentryFlag] = sentryTrace.split("-");
  const [version, parentTraceId, parentSpanId, traceFlags] = traceparent?.split("-") ?? [
    "00",
    traceId,
    spanId,
  ];
  if (version !== "00" || parentTraceId !== traceId || parentSpanId !== spanId || !/[1-9a-f]/.test(traceId))
    throw new Error(`ids differ: ${sentryTrace} and ${traceparent}`);
  const members = baggage.flatMap((header) => header.split(","));
  const pairs = members.map(
    (member) => [member.slice(0, member.indexOf("=")), member.slice(member.indexOf("=") + 1)] as const,
  );
  if (new Set(pairs.map(([key]) => key)).size < pairs.length)
    throw new Error(`a member stands twice: ${baggage}`);
  const tracestate = metadata.get("tracestate").map(String).join(",");
  return { traceId, spanId, traceFlags, sentryFlag, tracestate, baggage: Object.fromEntries(pairs) };
}
