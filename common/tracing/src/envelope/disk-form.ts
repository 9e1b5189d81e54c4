import { gunzipped, gzipped } from "../transport/gzip.ts";
import type { HttpTarget } from "../transport/http-sender.ts";
import { withoutSender, withSender } from "./envelope-sender.ts";

/** How requests to a destination lie on a disk, where they may wait for long and others may find them. */
export interface DiskForm {
  /** What is written of a request, before compression. */
  write(body: Uint8Array): Uint8Array;
  /** The request as it goes out now; both are compressed. Never rejects. */
  read(written: Uint8Array): Promise<Uint8Array>;
}

const AS_IT_IS: DiskForm = { write: (body) => body, read: (written) => Promise.resolve(written) };

/** Requests lie there as they are, but for envelopes: those say by which key they are sent, and when. */
export function diskFormFor({ headers }: Pick<HttpTarget, "headers">): DiskForm {
  if (headers["content-type"] !== "application/x-sentry-envelope") return AS_IT_IS;
  const publicKey = /\bsentry_key=([^,\s]+)/.exec(headers["x-sentry-auth"] ?? "")?.[1] ?? "";
  return {
    write: withoutSender,
    async read(written) {
      try {
        return await gzipped(withSender(await gunzipped(written), publicKey));
      } catch {
        // The server is to judge what cannot be read here.
        return written;
      }
    },
  };
}
