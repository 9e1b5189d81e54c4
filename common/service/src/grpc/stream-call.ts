import { type CallOptions, type Client, type ClientReadableStream, Metadata, status } from "@grpc/grpc-js";
import type { CallScope } from "./call-scope.ts";
import { ServiceError } from "./errors.ts";

/** A server-streaming method of a generated client. */
export type ServerStreamMethod<Request, Response> = (
  request: Request,
  metadata: Metadata,
  options: Partial<CallOptions>,
) => ClientReadableStream<Response>;

export interface StreamCallOptions {
  /** The request that this call is made for: with it, the call is cancelled and runs out of time. */
  scope: CallScope;
  /** The longest time for all of the stream, in milliseconds; default: only the scope's deadline counts. */
  timeoutMs?: number;
}

/**
 * Calls a server-streaming method: `for await (const step of serverStreamCall(payroll, payroll.runPayroll, ...))`.
 * The call is made when the loop begins, reads no faster than the loop, and is cancelled when the loop is left early.
 * @throws ServiceError with the call's code and details, ready to be passed on to one's own caller
 */
export async function* serverStreamCall<Request, Response>(
  client: Client,
  method: ServerStreamMethod<Request, Response>,
  request: Request,
  { scope, timeoutMs = Number.POSITIVE_INFINITY }: StreamCallOptions,
): AsyncGenerator<Response, void, undefined> {
  if (scope.signal.aborted) {
    throw new ServiceError(status.CANCELLED, "the caller has gone", { cause: scope.signal.reason });
  }
  const deadline = Math.min(scope.deadline, Date.now() + timeoutMs);
  const call = method.call(client, request, new Metadata(), { deadline });
  const cancel = () => call.cancel();
  scope.signal.addEventListener("abort", cancel, { once: true });
  // The end of a call that nobody reads any more is an error event, too.
  call.on("error", () => {});
  try {
    yield* call as AsyncIterable<Response>;
  } catch (error) {
    throw asServiceError(error);
  } finally {
    scope.signal.removeEventListener("abort", cancel);
    call.cancel();
  }
}

function asServiceError(error: unknown): unknown {
  if (!(error instanceof Error && "code" in error && typeof error.code === "number")) return error;
  const details = "details" in error ? String(error.details) : error.message;
  return new ServiceError(error.code, details, { cause: error });
}
