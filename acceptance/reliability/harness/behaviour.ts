import type { CertificateFault } from "./certificates.ts";

/** What an endpoint does to requests with spans as long as the fault lasts. */
export type Behaviour =
  /** Nothing listens. */
  | { readonly kind: "refuse" }
  /** The connection is reset when a part of the body has come. */
  | { readonly kind: "reset" }
  | { readonly kind: "hang" }
  /** One byte of an endless answer a second. */
  | { readonly kind: "trickle" }
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
      /** `Retry-After` as a date that is so far away, in milliseconds. */
      readonly retryAtMs?: number;
    }
  /** So many kept spans of the first request that has them are rejected. */
  | { readonly kind: "partial success"; readonly rejected: number }
  /** 413 for a body that is larger, before compression. */
  | { readonly kind: "too large"; readonly bytes: number }
  | { readonly kind: "certificate"; readonly fault: CertificateFault }
  /** The endpoint's name is in no DNS. */
  | { readonly kind: "unknown host" }
  /** Nothing listens for a period, then all is well for one, and so on. */
  | { readonly kind: "flap"; readonly periodMs: number };
