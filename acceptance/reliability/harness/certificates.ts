import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";

export type CertificateFault = "expired" | "other host" | "self-signed";

/** A key and its certificate, as PEM. */
export interface Identity {
  readonly key: string;
  readonly cert: string;
}

/** An authority of our own, and what it has certified for the endpoint's host. */
export interface Certificates {
  /** The authority's own certificate, to be trusted. */
  readonly ca: string;
  readonly good: Identity;
  readonly faulty: Readonly<Record<CertificateFault, Identity>>;
}

const DAY_MS = 86_400_000;

/** Made anew for each run: no key lies about, and nothing expires that should not. */
export function makeCertificates(): Certificates {
  const authority = makeKeys();
  const name = "Tracekeep test authority";
  const now = Date.now();
  const ca = certify({
    subject: name,
    keys: authority,
    issuer: name,
    signer: authority,
    until: now + DAY_MS,
  });
  const issue = (host: string, until: number): Identity => {
    const keys = makeKeys();
    return {
      key: pemOf(keys),
      cert: certify({ subject: host, host, keys, issuer: name, signer: authority, until }),
    };
  };
  const own = makeKeys();
  const selfSigned = { subject: "localhost", host: "localhost", keys: own, issuer: "localhost", signer: own };
  return {
    ca,
    good: issue("localhost", now + DAY_MS),
    faulty: {
      expired: issue("localhost", now - DAY_MS),
      "other host": issue("elsewhere.test", now + DAY_MS),
      "self-signed": { key: pemOf(own), cert: certify({ ...selfSigned, until: now + DAY_MS }) },
    },
  };
}

type Keys = ReturnType<typeof makeKeys>;

function makeKeys() {
  return generateKeyPairSync("ec", { namedCurve: "P-256" });
}

function pemOf({ privateKey }: Keys): string {
  return privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}

interface CertificateRequest {
  readonly subject: string;
  /** Undefined for an authority. */
  readonly host?: string;
  readonly keys: Keys;
  readonly issuer: string;
  readonly signer: { readonly privateKey: KeyObject };
  readonly until: number;
}

/** An X.509 certificate (RFC 5280), valid from ten days ago. */
function certify({ subject, host, keys, issuer, signer, until }: CertificateRequest): string {
  const publicKey = keys.publicKey.export({ type: "spki", format: "der" });
  const serial = createHash("sha256").update(publicKey).digest().subarray(0, 8);
  const extension = host === undefined ? basicConstraints() : subjectAltName(host);
  const toBeSigned = sequence(
    der(0xa0, der(0x02, Buffer.of(2))),
    der(0x02, Buffer.concat([Buffer.of(1), serial])),
    ECDSA_WITH_SHA256,
    nameOf(issuer),
    sequence(timeOf(Date.now() - 10 * DAY_MS), timeOf(until)),
    nameOf(subject),
    publicKey,
    der(0xa3, sequence(extension)),
  );
  const signature = sign("sha256", toBeSigned, signer.privateKey);
  const whole = sequence(toBeSigned, ECDSA_WITH_SHA256, der(0x03, Buffer.of(0), signature));
  const lines = whole.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}

function der(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.of(tag, ...size), content]);
}

function sequence(...contents: readonly Buffer[]): Buffer {
  return der(0x30, ...contents);
}

/** The object identifier whose encoding this is. */
function oid(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, "hex"));
}

const ECDSA_WITH_SHA256 = sequence(oid("2a8648ce3d040302"));

function nameOf(commonName: string): Buffer {
  return sequence(der(0x31, sequence(oid("550403"), der(0x0c, Buffer.from(commonName)))));
}

function timeOf(time: number): Buffer {
  const digits = new Date(time).toISOString().replaceAll(/[-:T]|\.\d+/g, "");
  return der(0x18, Buffer.from(digits));
}

function basicConstraints(): Buffer {
  const isAuthority = sequence(der(0x01, Buffer.of(255)));
  return sequence(oid("551d13"), der(0x01, Buffer.of(255)), der(0x04, isAuthority));
}

function subjectAltName(host: string): Buffer {
  return sequence(oid("551d11"), der(0x04, sequence(der(0x82, Buffer.from(host)))));
}
