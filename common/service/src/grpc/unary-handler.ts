import type { handleUnaryCall } from "@grpc/grpc-js";
import type { Logger } from "pino";
import type { CallScope } from "./call-scope.ts";
import { runHandler } from "./run-handler.ts";

/**
 * Makes a unary handler of an async function. What it throws becomes the call's status (see `toCallbackError`);
 * an unexpected error is also logged.
 */
export function unaryHandler<Request, Response>(
  logger: Logger,
  handler: (request: Request, scope: CallScope) => Promise<Response>,
): handleUnaryCall<Request, Response> {
  return (call, callback) => {
    runHandler(logger, call, (scope) => handler(call.request, scope), {
      answer: (response) => callback(null, response),
      fail: callback,
    });
  };
}
