import { status as Status } from "@grpc/grpc-js";

const NAMES: readonly string[] = Object.entries(Status)
  .filter((entry): entry is [string, Status] => typeof entry[1] === "number")
  .sort(([, a], [, b]) => a - b)
  .map(([name]) => name);

/** The name of a status code, such as `NOT_FOUND`; an unknown code as a number. */
export function statusName(code: number): string {
  return NAMES[code] ?? String(code);
}

/** The statuses that are the server's fault (OpenTelemetry's conventions for gRPC), and codes that do not exist. */
const FAULTS: ReadonlySet<number> = new Set([
  Status.UNKNOWN,
  Status.DEADLINE_EXCEEDED,
  Status.UNIMPLEMENTED,
  Status.INTERNAL,
  Status.UNAVAILABLE,
  Status.DATA_LOSS,
]);

/**
 * Whether a status means that something broke, seen from the server: the server span is an error then,
 * and on both sides the trace counts as failed. NOT_FOUND, CANCELLED and the like are answers.
 */
export function isFault(code: number): boolean {
  return FAULTS.has(code) || NAMES[code] === undefined;
}
