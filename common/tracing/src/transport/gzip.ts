import { promisify } from "node:util";
import { constants, crc32, createDeflateRaw, gunzip } from "node:zlib";
import { outsideOfRequests } from "../outside-of-requests.ts";

export const gunzipped = promisify(gunzip);

/** Magic number, deflate, no flags, no time, no hint, an unknown system (RFC 1952, 2.3). */
const HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);
/** An empty block that is the last one (RFC 1951, 3.2.6): a flush leaves none open. */
const LAST_BLOCK = Buffer.from([3, 0]);

let deflater: Deflater | undefined;
let turn: Promise<unknown> = Promise.resolve();

/**
 * Compresses a body by gzip, one after the other, and off the event loop. All go through one stream, in which a full
 * flush makes each stand by itself: with a stream for each, a service of which 1 % of the calls fail takes 3 % longer.
 */
export function gzipped(body: Uint8Array): Promise<Buffer> {
  const result = turn.then(async () => {
    if (deflater === undefined || deflater.isOver) deflater = outsideOfRequests(() => new Deflater());
    return Buffer.concat([HEADER, ...(await deflater.deflate(body)), LAST_BLOCK, trailerOf(body)]);
  });
  turn = result.catch(() => {});
  return result;
}

/** A stream of deflate for many bodies, one at a time. */
class Deflater {
  readonly #stream = createDeflateRaw();
  #taken: Buffer[] = [];
  #fault: Error | undefined;
  #reject: ((error: Error) => void) | undefined;

  constructor() {
    this.#stream.on("data", (bytes: Buffer) => this.#taken.push(bytes));
    this.#stream.on("error", (error) => {
      this.#fault = error;
    });
    this.#stream.on("close", () => this.#reject?.(this.#fault ?? new Error("the stream was closed")));
  }

  get isOver(): boolean {
    return this.#stream.destroyed;
  }

  /** Blocks of deflate, of which none is the last one. */
  deflate(body: Uint8Array): Promise<readonly Buffer[]> {
    this.#taken = [];
    return new Promise((resolve, reject) => {
      this.#reject = reject;
      this.#stream.write(body);
      this.#stream.flush(constants.Z_FULL_FLUSH, (error?: Error | null) =>
        error ? reject(error) : resolve(this.#taken),
      );
    });
  }
}

/** The checksum and the length (RFC 1952, 2.3.1). */
function trailerOf(body: Uint8Array): Buffer {
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(crc32(body), 0);
  trailer.writeUInt32LE(body.length % 2 ** 32, 4);
  return trailer;
}
