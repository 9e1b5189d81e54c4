import { type ServerErrorResponse, status } from "@grpc/grpc-js";

/** An error that a caller may see: its code and message become the status of the call. */
export class ServiceError extends Error {
  readonly code: status;
  /** The message again, under grpc-js's name: by it tracing tells a gRPC error from others that have a code. */
  readonly details: string;

  constructor(code: status, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "ServiceError";
    this.code = code;
    this.details = message;
  }
}

/**
 * The error for a handler's callback. Whatever is no `ServiceError` becomes INTERNAL, and its message stays here:
 * grpc-js sends `details`, while name, message and stack are for tracing.
 */
export function toCallbackError(error: unknown): ServerErrorResponse {
  if (error instanceof ServiceError) return error;
  const hidden = new Error(error instanceof Error ? error.message : String(error), { cause: error });
  if (error instanceof Error) {
    hidden.name = error.name;
    hidden.stack = error.stack ?? "";
  }
  return Object.assign(hidden, { code: status.INTERNAL, details: "internal error" });
}
