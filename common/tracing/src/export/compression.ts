import { gunzipped, gzipped } from "../transport/gzip.ts";

/** A body as it is sent: compressed unless the server is not to get that. */
export async function compressed(body: Uint8Array, isWanted: boolean): Promise<Uint8Array> {
  return isWanted ? gzipped(body) : body;
}

/** The same, of a body that is compressed already. */
export async function recompressed(body: Uint8Array, isWanted: boolean): Promise<Uint8Array> {
  return isWanted ? body : gunzipped(body);
}
