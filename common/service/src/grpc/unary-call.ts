import {
  type CallOptions,
  type Client,
  type ClientUnaryCall,
  type ServiceError as GrpcError,
  Metadata,
  status,
} from "@grpc/grpc-js";
import type { CallScope } from "./call-scope.ts";
import { ServiceError } from "./errors.ts";

/** A unary method of a generated client. */
export type UnaryMethod<Request, Response> = (
  request: Request,
  metadata: Metadata,
  options: Partial<CallOptions>,
  callback: (error: GrpcError | null, response: Response) => void,
) => ClientUnaryCall;

export interface UnaryCallOptions {
  /** The request that this call is made for: with it, the call is cancelled and runs out of time. */
  scope: CallScope;
  /** The longest wait, in milliseconds; the scope's deadline may shorten it. */
  timeoutMs: number;
}

/**
 * Calls a unary method: `unaryCall(ledger, ledger.getAccount, { id }, { scope, timeoutMs: 500 })`.
 * @throws ServiceError with the call's code and details, ready to be passed on to one's own caller
 */
export function unaryCall<Request, Response>(
  client: Client,
  method: UnaryMethod<Request, Response>,
  request: Request,
  { scope, timeoutMs }: UnaryCallOptions,
): Promise<Response> {
  const { promise, resolve, reject } = Promise.withResolvers<Response>();
  if (scope.signal.aborted) {
    const { reason } = scope.signal;
    reject(new ServiceError(status.CANCELLED, "the caller has gone", { cause: reason }));
    return promise;
  }
  const deadline = Math.min(scope.deadline, Date.now() + timeoutMs);
  const call = method.call(client, request, new Metadata(), { deadline }, (error, response) => {
    scope.signal.removeEventListener("abort", cancel);
    if (error) reject(new ServiceError(error.code, error.details, { cause: error }));
    else resolve(response);
  });
  const cancel = () => call.cancel();
  scope.signal.addEventListener("abort", cancel, { once: true });
  return promise;
}
