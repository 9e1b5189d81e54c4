import { type handleUnaryCall, status } from "@grpc/grpc-js";
import type { Logger } from "pino";
import type { CallScope } from "./call-scope.ts";
import { ServiceError, toCallbackError } from "./errors.ts";

/**
 * Makes a unary handler of an async function. What it throws becomes the call's status (see `toCallbackError`);
 * an unexpected error is also logged.
 */
export function unaryHandler<Request, Response>(
  logger: Logger,
  handler: (request: Request, scope: CallScope) => Promise<Response>,
): handleUnaryCall<Request, Response> {
  return (call, callback) => {
    const controller = new AbortController();
    let answered = false;
    // The event also comes after an answer, when nothing is left to cancel.
    call.on("cancelled", () => {
      if (!answered) controller.abort(new ServiceError(status.CANCELLED, "the caller has gone"));
    });
    const scope: CallScope = { signal: controller.signal, deadline: Number(call.getDeadline()) };
    const answer = (...result: Parameters<typeof callback>) => {
      answered = true;
      callback(...result);
    };
    Promise.resolve()
      .then(() => handler(call.request, scope))
      .then(
        (response) => answer(null, response),
        (error: unknown) => {
          const reason: unknown = scope.signal.aborted ? scope.signal.reason : error;
          if (!(reason instanceof ServiceError)) {
            logger.error({ err: reason, method: call.getPath() }, "the handler failed");
          }
          answer(toCallbackError(reason));
        },
      );
  };
}
