import { type AttributeValue, textOf } from "../trace/attributes.ts";
import type { SpanRecord } from "../trace/span.ts";

/** How a span ended, for people. */
export interface Outcome {
  /** gRPC code, HTTP status, "ERROR", or empty if the span says nothing. */
  readonly label: string;
  /** The span's status is "error". */
  readonly failed: boolean;
  /** What went wrong; undefined if nothing did, or nothing is said about it. */
  readonly reason: string | undefined;
}

/** Reads a span's end from its status and its attributes. */
export function outcomeOf(span: SpanRecord): Outcome {
  const { attributes } = span;
  const failed = span.status === "error";
  const code =
    textOf(attributes["rpc.status_code"]) ??
    textOf(attributes["rpc.response.status_code"]) ??
    grpcCodeOf(attributes["rpc.grpc.status_code"]) ??
    textOf(attributes["http.response.status_code"]) ??
    textOf(attributes["http.status_code"]);
  const label = code ?? (failed ? "ERROR" : "");
  const reason = failed ? reasonOf(span) : undefined;
  // An error.type such as "503" only repeats the label.
  return { label, failed, reason: reason === label ? undefined : reason };
}

function reasonOf(span: SpanRecord): string | undefined {
  const exception = span.events.find(({ name }) => name === "exception")?.attributes;
  return (
    textOf(span.statusMessage) ??
    textOf(span.attributes["exception.message"]) ??
    textOf(exception?.["exception.message"]) ??
    textOf(span.attributes["error.type"])
  );
}

const GRPC_CODES =
  "OK CANCELLED UNKNOWN INVALID_ARGUMENT DEADLINE_EXCEEDED NOT_FOUND ALREADY_EXISTS PERMISSION_DENIED RESOURCE_EXHAUSTED FAILED_PRECONDITION ABORTED OUT_OF_RANGE UNIMPLEMENTED INTERNAL UNAVAILABLE DATA_LOSS UNAUTHENTICATED".split(
    " ",
  );

/** As older instrumentations write it: a number. */
function grpcCodeOf(code: AttributeValue | undefined): string | undefined {
  return typeof code === "number" ? (GRPC_CODES[code] ?? String(code)) : textOf(code);
}
