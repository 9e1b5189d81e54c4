import type { HttpTarget } from "./http-sender.ts";

/** A request that somebody else has to send. */
export interface Parcel {
  readonly target: HttpTarget;
  /** Compressed. */
  readonly body: Uint8Array;
  /** Whether it may go out as it is; otherwise it is to be decompressed first. */
  readonly gzip: boolean;
  readonly spans: number;
}
