import type { IncomingMessage } from "node:http";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { HttpError } from "./http-error.ts";

/** Bounds on the body of one request, in bytes. */
export interface BodyLimits {
  /** Most bytes on the wire. */
  readonly compressed: number;
  /** Most bytes after decompression. */
  readonly decompressed: number;
}

/** What Sentry's intake takes at most: 20 MiB compressed, 100 MiB decompressed. */
export const DEFAULT_BODY_LIMITS: BodyLimits = { compressed: 20 * 2 ** 20, decompressed: 100 * 2 ** 20 };

const gunzipAsync = promisify(gunzip);

/** Reads a body as it came over the wire. Throws HttpError 413, at the latest when the limit is passed. */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  const tooLarge = () => new HttpError(413, `the body is larger than ${limit} bytes: send smaller batches`);
  if (Number(request.headers["content-length"] ?? 0) > limit) throw tooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  return new Promise((resolve, reject) => {
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) {
        chunks.length = 0;
        reject(tooLarge());
      } else chunks.push(chunk);
    });
    request.on("end", () => resolve(Buffer.concat(chunks)));
    request.on("close", () =>
      reject(new HttpError(400, "the connection closed before the whole body had come")),
    );
  });
}

/**
 * Undoes the content encoding (gzip or none); never inflates beyond the limit.
 * Throws HttpError 413 (too large), 415 (another encoding) or 400 (damaged).
 */
export async function decompress(body: Buffer, encoding: string | undefined, limit: number): Promise<Buffer> {
  switch ((encoding ?? "").trim().toLowerCase()) {
    case "":
    case "identity":
      return body;
    case "gzip":
    case "x-gzip":
      return inflate(body, limit);
    default:
      throw new HttpError(415, `content encoding ${JSON.stringify(encoding)} is not taken: use gzip or none`);
  }
}

async function inflate(body: Buffer, limit: number): Promise<Buffer> {
  try {
    return await gunzipAsync(body, { maxOutputLength: limit });
  } catch (error) {
    if (error instanceof RangeError) {
      throw new HttpError(413, `the decompressed body is larger than ${limit} bytes: send smaller batches`);
    }
    throw new HttpError(
      400,
      `the body is not gzip: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
