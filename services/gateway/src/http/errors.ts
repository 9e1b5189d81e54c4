import { status } from "@grpc/grpc-js";
import { ServiceError } from "@tracekeep/service";
import type { Context, ErrorHandler } from "hono";
import { HTTPException } from "hono/http-exception";

export interface ErrorLogger {
  error(fields: object, message: string): void;
}

/** gRPC status codes as HTTP has them; the others are 500. */
const httpStatus: Partial<Record<status, number>> = {
  [status.INVALID_ARGUMENT]: 400,
  [status.OUT_OF_RANGE]: 400,
  [status.FAILED_PRECONDITION]: 400,
  [status.UNAUTHENTICATED]: 401,
  [status.PERMISSION_DENIED]: 403,
  [status.NOT_FOUND]: 404,
  [status.ALREADY_EXISTS]: 409,
  [status.ABORTED]: 409,
  [status.RESOURCE_EXHAUSTED]: 429,
  [status.UNIMPLEMENTED]: 501,
  [status.UNAVAILABLE]: 503,
  [status.DEADLINE_EXCEEDED]: 504,
};

/** What a stranger reads of a failure on our side; the details are in the trace. */
const serverMessages: Record<number, string> = {
  501: "this is not supported",
  503: "a service that the request needs is not available: try again later",
  504: "a service that the request needs did not answer in time: try again later",
};

/** What a client gets to know of an error. */
export interface ErrorAnswer {
  readonly httpCode: number;
  readonly body: { readonly error: { readonly code: string; readonly message: string } };
}

/** The answer to whatever a route has thrown; an unexpected error is logged. */
export function describeError(error: unknown, logger: ErrorLogger, c: Context): ErrorAnswer {
  // A read of the body fails when the client hangs up, too.
  if (c.req.raw.signal.aborted) return answer(499, "CANCELLED", "the client has gone");
  if (error instanceof HTTPException) return answer(error.status, "INVALID_ARGUMENT", error.message);
  if (!(error instanceof ServiceError)) {
    logger.error({ err: error, method: c.req.method, path: c.req.path }, "the request failed");
    return answer(500, "INTERNAL", "internal error");
  }
  // The client is still there: a service behind has cut the call off.
  const code = error.code === status.CANCELLED ? status.UNAVAILABLE : error.code;
  const httpCode = httpStatus[code] ?? 500;
  const message = httpCode < 500 ? error.message : (serverMessages[httpCode] ?? "internal error");
  return answer(httpCode, status[code], message);
}

/** Answers whatever a route throws. */
export function answerError(logger: ErrorLogger): ErrorHandler {
  return (error, c) => toResponse(describeError(error, logger, c));
}

/** 404 for a path or method that no route has. */
export function answerNotFound(c: Context): Response {
  return toResponse(answer(404, "NOT_FOUND", `there is no ${c.req.method} ${c.req.path}`));
}

/** 413 for a body that is too long. */
export function refuseBody(maxBytes: number): Response {
  return toResponse(answer(413, "RESOURCE_EXHAUSTED", `the body is longer than ${maxBytes} bytes`));
}

function answer(httpCode: number, code: string, message: string): ErrorAnswer {
  return { httpCode, body: { error: { code, message } } };
}

function toResponse({ httpCode, body }: ErrorAnswer): Response {
  return Response.json(body, { status: httpCode });
}
