import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { parseRate, quoted } from "../text/rate.ts";
import { Dsn, DsnFault } from "./dsn.ts";

/** Reads a setting's trimmed text; throws an Error whose message follows the variable's name. */
export type Reader<T> = (text: string) => T;

/** Text as it is. */
export const text: Reader<string> = (value) => value;

/** `true`, `false`, `1` or `0`, in any case. */
export const flag: Reader<boolean> = (text) => {
  const lower = text.toLowerCase();
  if (lower === "true" || lower === "1") return true;
  if (lower === "false" || lower === "0") return false;
  throw new Error(`is ${quoted(text)}; write true or false`);
};

export const rate: Reader<number> = parseRate;

/** A whole number with a unit, between two bounds. */
export function wholeNumber(unit: string, least: number, most: number): Reader<number> {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new Error(`is ${quoted(text)}; write a whole number of ${unit} from ${least} to ${most}`);
  };
}

/** One of a few words. */
export function word<const W extends string>(...words: readonly W[]): Reader<W> {
  return (text) => {
    const found = words.find((candidate) => candidate === text.toLowerCase());
    if (found !== undefined) return found;
    throw new Error(`is ${quoted(text)}; write one of ${words.join(", ")}`);
  };
}

export const dsn: Reader<Dsn> = (text) => {
  try {
    return Dsn.parse(text);
  } catch (fault) {
    if (!(fault instanceof DsnFault)) throw new Error("cannot be read as a DSN");
    throw new Error(
      `${fault.message}; copy it from the project's client keys, in the form https://KEY@HOST/PROJECT`,
    );
  }
};

/** An absolute http or https URL without user information. */
export const url: Reader<string> = (text) => {
  const parsed = URL.canParse(text) ? new URL(text) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol)) {
    throw new Error("is not a URL; write one such as http://localhost:4318/v1/traces");
  }
  if (parsed.username !== "" || parsed.password !== "") {
    throw new Error("has credentials in the URL; put them into OTEL_EXPORTER_OTLP_TRACES_HEADERS");
  }
  return parsed.href;
};

/** The protocol of an OTLP endpoint; there is but one that is spoken here. */
export const otlpProtocol: Reader<"http/protobuf"> = (text) => {
  if (text.toLowerCase() === "http/protobuf") return "http/protobuf";
  throw new Error(`is ${quoted(text)}; write http/protobuf, which is the only one that is spoken here`);
};

/** The path of a PEM file; its text, once every certificate in it has been read. */
export const certificates: Reader<string> = (path) => {
  const pem = readPem(path);
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0)
    throw new Error("names a file without a certificate; write the path of a PEM file");
  if (!blocks.every(isCertificate))
    throw new Error("names a file with a certificate that cannot be read; write the path of a PEM file");
  return blocks.join("\n");
};

function readPem(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unreadable";
    throw new Error(`names a file that cannot be read (${code}); write the path of a PEM file`);
  }
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}

/** What Node sends as it is: no control characters but the tab, nothing beyond Latin-1. */
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Comma-separated `name=value` pairs; values may be percent-encoded and may hold `=`. */
export const headers: Reader<Record<string, string>> = (text) => {
  const result: Record<string, string> = {};
  text.split(",").forEach((pair, index) => {
    if (pair.trim() === "") return;
    const at = pair.indexOf("=");
    const name = pair.slice(0, Math.max(at, 0)).trim().toLowerCase();
    if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name)) {
      throw new Error(`has no header name in pair ${index + 1}; write name=value,name=value`);
    }
    const value = decodePercent(pair.slice(at + 1).trim());
    // A secret as a rule: not a character of it is shown.
    if (!HEADER_VALUE.test(value)) {
      throw new Error(`has a character in the value of ${name} that no header takes, such as a line break`);
    }
    result[name] = value;
  });
  return result;
};

function decodePercent(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/** Keys of gRPC metadata, separated by commas. */
export const metadataKeys: Reader<string[]> = (text) => {
  const keys = splitNames(text);
  const wrong = keys.find((key) => !/^[0-9a-z_.-]+$/.test(key));
  // It holds the DSN's public key, and whatever a caller has put into it.
  if (keys.includes("baggage")) throw new Error('has "baggage", which is never recorded; take it out');
  if (wrong === undefined) return keys;
  throw new Error(`has ${quoted(wrong)}; write metadata keys such as x-tenant,x-request-id`);
};

/** One key of gRPC metadata whose values are text, and which has no other meaning already. */
export const metadataKey: Reader<string> = (text) => {
  const key = text.toLowerCase();
  if (/^(?!grpc-|sentry-)[0-9a-z_.-]+$/.test(key) && !key.endsWith("-bin") && !TAKEN.has(key)) return key;
  throw new Error(`is ${quoted(text)}; write one metadata key such as x-tenant-id`);
};

const TAKEN: ReadonlySet<string> = new Set([
  "authorization",
  "baggage",
  "cookie",
  "traceparent",
  "tracestate",
  "tracekeep",
]);

function splitNames(text: string): string[] {
  return text
    .split(",")
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== "");
}
