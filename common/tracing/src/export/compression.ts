import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { compress } from "../transport/thread/index.ts";

const decompress = promisify(gunzip);

/** A body as it is sent: compressed unless the server is not to get that. */
export async function compressed(body: Uint8Array, isWanted: boolean): Promise<Uint8Array> {
  return isWanted ? compress(body) : body;
}

/** The same, of a body that is compressed already. */
export async function recompressed(body: Uint8Array, isWanted: boolean): Promise<Uint8Array> {
  return isWanted ? body : decompress(body);
}
