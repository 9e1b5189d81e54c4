import type { Metadata, ServerInterceptingCallInterface } from "@grpc/grpc-js";
import { SIGNAL_KEY } from "./signals.ts";

/** A status on its way to the client. */
export type OutgoingStatus = Parameters<ServerInterceptingCallInterface["sendStatus"]>[0];

/** The status with our signal in its trailers; empty for none. @param own the request's metadata. */
export function withSignal(status: OutgoingStatus, signal: string, own: Metadata): OutgoingStatus {
  // What an untraced client below brought along is not for this caller.
  const foreign = (status.metadata?.get(SIGNAL_KEY).length ?? 0) > 0;
  if (signal === "" && !foreign) return status;
  const trailers = status.metadata?.clone() ?? emptyLike(own);
  if (signal === "") trailers.remove(SIGNAL_KEY);
  else trailers.set(SIGNAL_KEY, signal);
  return { ...status, metadata: trailers };
}

/** Metadata of the same copy of grpc-js: another copy would not take ours. */
function emptyLike(metadata: Metadata): Metadata {
  return new (metadata.constructor as new () => Metadata)();
}
