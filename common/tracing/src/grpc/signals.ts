import type { MetadataLike } from "../propagation/index.ts";
import type { RelayedFailure } from "../spans/index.ts";

/** The metadata key by which Tracekeep's processes know each other. */
export const SIGNAL_KEY = "tracekeep";

/**
 * In a request: the caller understands signals in the trailers.
 *
 * @param reports whether the caller makes an issue of this call's failure where the server does not.
 */
export function announcement(reports: boolean): string {
  return reports ? "v=1;reports=1" : "v=1";
}

/** What a request says of its caller; undefined if it is not one of ours. */
export function readAnnouncement(metadata: MetadataLike): { readonly reports: boolean } | undefined {
  const [value] = metadata.get(SIGNAL_KEY);
  return typeof value === "string" && value.startsWith("v=1")
    ? { reports: value.includes(";reports=1") }
    : undefined;
}

/** What a server tells a caller that announced itself. */
export interface TrailerSignal {
  /** Which attempt of the call this was, from 1, where grpc-js retried it. */
  readonly attempt?: number | undefined;
  /** Who failed first, if the call failed. */
  readonly failure?: RelayedFailure | undefined;
}

/** Writes a signal as `name=value` pairs; empty if there is nothing to say. */
export function formatSignal({ attempt, failure }: TrailerSignal): string {
  const pairs: [string, string][] = [];
  if (attempt !== undefined && attempt > 1) pairs.push(["attempt", String(attempt)]);
  if (failure !== undefined) {
    pairs.push(["service", failure.service], ["method", failure.method], ["code", failure.code]);
    if (failure.reported) pairs.push(["reported", "1"]);
  }
  return pairs
    .map(([name, value]) => `${name}=${encodeURIComponent(value.slice(0, 128).toWellFormed())}`)
    .join(";");
}

/** Reads a signal of a peer that is not trusted to be well-formed. */
export function parseSignal(text: string): TrailerSignal {
  const pairs = new Map(text.slice(0, 2_048).split(";").map(splitPair));
  const attempt = Number(pairs.get("attempt"));
  const code = pairs.get("code");
  return {
    ...(Number.isInteger(attempt) && attempt > 0 && attempt < 100 ? { attempt } : {}),
    ...(code === undefined
      ? {}
      : {
          failure: {
            service: pairs.get("service") ?? "",
            method: pairs.get("method") ?? "",
            code,
            reported: pairs.get("reported") === "1",
          },
        }),
  };
}

function splitPair(pair: string): [string, string] {
  const at = pair.indexOf("=");
  try {
    return [pair.slice(0, Math.max(at, 0)), decodeURIComponent(pair.slice(at + 1)).slice(0, 128)];
  } catch {
    return ["", ""];
  }
}
