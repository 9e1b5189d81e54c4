import type { Delivery } from "../../probe/deliver.ts";
import { type Finding, fault, notChecked, ok } from "../finding.ts";

const TRUST = "put the certificate of its authority, as PEM, into a file that TRACE_EXPORT_CA_FILE names";

/** What each of OpenSSL's and Node's codes means for a certificate, and what to do. */
const FAULTS: Readonly<Record<string, readonly [what: string, fix: string]>> = {
  CERT_HAS_EXPIRED: ["has expired", "renew it on the server; if it is valid, set this machine's clock"],
  CERT_NOT_YET_VALID: ["is not valid yet", "set this machine's clock, or the certificate's dates"],
  DEPTH_ZERO_SELF_SIGNED_CERT: ["is self-signed", TRUST],
  SELF_SIGNED_CERT_IN_CHAIN: ["is signed by an authority that is not trusted", TRUST],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ["is signed by an authority that is not trusted", TRUST],
  UNABLE_TO_GET_ISSUER_CERT: ["is signed by an authority that is not trusted", TRUST],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: ["is signed by an authority that is not trusted", TRUST],
  ERR_TLS_CERT_ALTNAME_INVALID: [
    "is for another host",
    "use the name that the certificate has, or have it issued for this one",
  ],
};

/** Whether the server's certificate is accepted; nothing for http. */
export function checkCertificate(name: string, url: URL, { answer, error }: Delivery): Finding[] {
  if (url.protocol !== "https:") return [];
  if (answer !== undefined) return [ok(name, `the certificate of ${url.host} is trusted`)];
  const code = error?.code ?? "";
  const known = FAULTS[code];
  if (known !== undefined) {
    const [what, fix] = known;
    return [fault(name, `the certificate of ${url.host} ${what}${namesIn(error)} (${code})`, fix)];
  }
  if (code === "EPROTO" || code.startsWith("ERR_SSL_")) {
    return [
      fault(name, `${url.host} does not speak TLS (${code})`, "use http://, or the port of its TLS side"),
    ];
  }
  return [notChecked(name, "there was no answer")];
}

/** The hosts that a certificate is for, where Node names them. */
function namesIn(error: Error | undefined): string {
  const { cert } = (error ?? {}) as { cert?: { subjectaltname?: string } };
  return cert?.subjectaltname === undefined ? "" : `: ${cert.subjectaltname.replaceAll("DNS:", "")}`;
}
