import { promisify } from "node:util";
import { constants, crc32, createDeflateRaw, type DeflateRaw, gunzip } from "node:zlib";
import { outsideOfRequests } from "../outside-of-requests.ts";

export const gunzipped = promisify(gunzip);

/** Magic number, deflate, no flags, no time, no hint, an unknown system (RFC 1952, 2.3). */
const HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);
/** An empty block that is the last one (RFC 1951, 3.2.6): a flush leaves none open. */
const LAST_BLOCK = Buffer.from([3, 0]);

let deflate: DeflateRaw | undefined;
let written: Buffer[] = [];
let turn: Promise<unknown> = Promise.resolve();

/**
 * Compresses a body by gzip, one after the other, and off the event loop. All go through one stream, in which a full
 * flush makes each stand by itself: to set up a stream for every one takes 260 kB and as long as to compress 4 kB.
 */
export function gzipped(body: Uint8Array): Promise<Buffer> {
  const result = turn.then(() => compress(body));
  turn = result.catch(() => {});
  return result;
}

function compress(body: Uint8Array): Promise<Buffer> {
  deflate ??= outsideOfRequests(start);
  const stream = deflate;
  written = [HEADER];
  return new Promise((resolve, reject) => {
    stream.once("error", reject);
    stream.write(body);
    stream.flush(constants.Z_FULL_FLUSH, () => {
      stream.off("error", reject);
      resolve(Buffer.concat([...written, LAST_BLOCK, trailerOf(body)]));
      written = [];
    });
  });
}

function start(): DeflateRaw {
  const stream = createDeflateRaw();
  stream.on("data", (bytes: Buffer) => written.push(bytes));
  stream.on("error", () => {
    deflate = undefined;
  });
  return stream;
}

/** The checksum and the length (RFC 1952, 2.3.1). */
function trailerOf(body: Uint8Array): Buffer {
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(crc32(body), 0);
  trailer.writeUInt32LE(body.length % 2 ** 32, 4);
  return trailer;
}
