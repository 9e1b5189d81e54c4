import { type Deadline, type ServerErrorResponse, status } from "@grpc/grpc-js";
import type { Logger } from "pino";
import type { CallScope } from "./call-scope.ts";
import { ServiceError, toCallbackError } from "./errors.ts";

/** What every kind of incoming call has. */
interface IncomingCall {
  getDeadline(): Deadline;
  getPath(): string;
  on(event: "cancelled", listener: () => void): unknown;
}

/** The two ways in which a call ends; one of them is taken, once. */
export interface Ending<Result> {
  answer(result: Result): void;
  fail(error: ServerErrorResponse): void;
}

/**
 * Runs a handler for one call and ends the call with its result. What it throws becomes the call's status
 * (see `toCallbackError`); an unexpected error is also logged.
 */
export function runHandler<Result>(
  logger: Logger,
  call: IncomingCall,
  handler: (scope: CallScope) => Promise<Result>,
  ending: Ending<Result>,
): void {
  const controller = new AbortController();
  let ended = false;
  // The event also comes after an answer, when nothing is left to cancel.
  call.on("cancelled", () => {
    if (!ended) controller.abort(new ServiceError(status.CANCELLED, "the caller has gone"));
  });
  const { signal } = controller;
  const scope: CallScope = { signal, deadline: Number(call.getDeadline()) };
  Promise.resolve(scope)
    .then(handler)
    .then(
      (result) => {
        ended = true;
        ending.answer(result);
      },
      (error: unknown) => {
        ended = true;
        const reason: unknown = signal.aborted ? signal.reason : error;
        if (!(reason instanceof ServiceError)) {
          logger.error({ err: reason, method: call.getPath() }, "the handler failed");
        }
        ending.fail(toCallbackError(reason));
      },
    );
}
