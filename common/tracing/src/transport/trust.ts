import { getCACertificates } from "node:tls";

/** Whose certificates are accepted; always verified, whatever NODE_TLS_REJECT_UNAUTHORIZED says. */
export interface Trust {
  readonly rejectUnauthorized: true;
  readonly ca?: string[];
}

/** @param own certificates (PEM) that are trusted beside Node's, which include NODE_EXTRA_CA_CERTS. */
export function trustOf(own: readonly (string | undefined)[]): Trust {
  const extra = own.filter((pem) => pem !== undefined);
  return extra.length === 0
    ? { rejectUnauthorized: true }
    : { rejectUnauthorized: true, ca: [...getCACertificates("default"), ...extra] };
}
