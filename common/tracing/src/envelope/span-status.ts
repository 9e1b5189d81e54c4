import { ATTR_HTTP_RESPONSE_STATUS_CODE } from "@opentelemetry/semantic-conventions";
import type { DecodedSpan } from "./decode-span.ts";

/** Sentry's span statuses are gRPC's, in the order of gRPC's numbers. */
const BY_GRPC_CODE = [
  "ok",
  "cancelled",
  "unknown_error",
  "invalid_argument",
  "deadline_exceeded",
  "not_found",
  "already_exists",
  "permission_denied",
  "resource_exhausted",
  "failed_precondition",
  "aborted",
  "out_of_range",
  "unimplemented",
  "internal_error",
  "unavailable",
  "data_loss",
  "unauthenticated",
] as const;

export type SpanStatusName = (typeof BY_GRPC_CODE)[number];

/** How Sentry's SDKs read the statuses of HTTP. */
const BY_HTTP_STATUS: Readonly<Record<number, SpanStatusName>> = {
  401: "unauthenticated",
  403: "permission_denied",
  404: "not_found",
  409: "already_exists",
  413: "failed_precondition",
  429: "resource_exhausted",
  499: "cancelled",
  501: "unimplemented",
  503: "unavailable",
  504: "deadline_exceeded",
};

const OTLP_ERROR = 2;

/** A span's status by Sentry's names: of the exact gRPC status, or the HTTP status, or else of OpenTelemetry's. */
export function statusOf({ attributes, status }: Pick<DecodedSpan, "attributes" | "status">): SpanStatusName {
  const grpc = attributes.get("rpc.grpc.status_code");
  if (typeof grpc === "number") return BY_GRPC_CODE[grpc] ?? "unknown_error";
  const http = attributes.get(ATTR_HTTP_RESPONSE_STATUS_CODE);
  const byHttp = typeof http === "number" ? ofHttp(http) : "ok";
  return byHttp === "ok" && status.code === OTLP_ERROR ? "internal_error" : byHttp;
}

function ofHttp(status: number): SpanStatusName {
  if (status < 400) return "ok";
  return BY_HTTP_STATUS[status] ?? (status < 500 ? "invalid_argument" : "internal_error");
}
