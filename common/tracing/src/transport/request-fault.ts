/** Why a request was not accepted, as a closed set: OpenTelemetry's `error.type`. */
export const REQUEST_FAULTS = [
  "timeout",
  "connection_refused",
  "connection_reset",
  "dns",
  "tls",
  "proxy",
  "network",
  "400",
  "401",
  "403",
  "404",
  "413",
  "429",
  "500",
  "502",
  "503",
  "504",
  "other_status",
] as const;
export type RequestFault = (typeof REQUEST_FAULTS)[number];

const BY_CODE: Readonly<Record<string, RequestFault>> = {
  ETIMEDOUT: "timeout",
  ECONNREFUSED: "connection_refused",
  ECONNRESET: "connection_reset",
  ECONNABORTED: "connection_reset",
  EPIPE: "connection_reset",
  ENOTFOUND: "dns",
  EAI_AGAIN: "dns",
  EPROTO: "tls",
};
/** How OpenSSL and Node call what is wrong with a certificate or a handshake. */
const TLS_CODE = /^ERR_(TLS|SSL)_|CERT|SELF_SIGNED|UNABLE_TO_VERIFY|HOSTNAME_MISMATCH/;

/** An error that says its kind itself. */
export function requestFault(kind: RequestFault, message: string): Error {
  return Object.assign(new Error(message), { kind });
}

/** The kind of what a sender has rejected with. */
export function faultOfError(error: unknown): RequestFault {
  const { kind, code = "" } = error as { kind?: RequestFault; code?: string };
  return kind ?? BY_CODE[code] ?? (TLS_CODE.test(code) ? "tls" : "network");
}

/** The kind of an HTTP status that is no success. */
export function faultOfStatus(status: number): RequestFault {
  return REQUEST_FAULTS.find((fault) => fault === String(status)) ?? "other_status";
}

/** Numbers of requests that were not accepted, by why. */
export type RequestFaults = Record<RequestFault, number>;

export function createRequestFaults(): RequestFaults {
  return Object.fromEntries(REQUEST_FAULTS.map((fault) => [fault, 0])) as RequestFaults;
}
