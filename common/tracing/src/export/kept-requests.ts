import { gzipSync } from "node:zlib";
import type { HttpTarget } from "../transport/http-sender.ts";
import type { Parcel } from "../transport/parcel.ts";
import { chunk, countSpans, isKept, type Outgoing } from "./outgoing.ts";
import type { Wire } from "./wire.ts";

/** Kept traces go to disk in requests of this size before compression, since what is too large there cannot be split. */
export const SPOOLED_BYTES = 262_144;

/** A request of spans of kept traces. */
export interface KeptRequest {
  /** Its body, before compression. */
  readonly encode: () => Uint8Array;
  readonly spans: number;
}

/** Spans of kept traces in requests; the others are left out. */
export function keptRequests<T extends Outgoing>(items: readonly T[], wire: Wire<T>): KeptRequest[] {
  return chunk(items.filter(isKept), SPOOLED_BYTES, wire.mostItems).map((batch) => ({
    encode: () => wire.encode(batch),
    spans: countSpans(batch),
  }));
}

/** For somebody else to send it. */
export function parcelOf({ encode, spans }: KeptRequest, target: HttpTarget, gzip: boolean): Parcel {
  return { body: gzipSync(encode()), spans, target, gzip };
}
