import type { RecordedSpan } from "../spans/index.ts";
import { innermostCall } from "./innermost-call.ts";
import type { LateFailure } from "./late-failure.ts";

/** A handler as grpc-js keeps it: what it fails with reaches no interceptor, only its status does. */
interface RegisteredHandler {
  func: (call: HandlerCall, callback?: HandlerCallback) => unknown;
  readonly type: "unary" | "clientStream" | "serverStream" | "bidi";
}
type HandlerCallback = (error: unknown, ...rest: unknown[]) => void;
interface HandlerCall {
  prependListener(event: "error", listener: (error: unknown) => void): unknown;
  listenerCount(event: "error"): number;
}

/** The span of the call that a handler was given. The active one may be of the user's, made around the handler. */
type SpanOf = (call: object) => RecordedSpan | undefined;

/** Lets the handlers' errors be seen, with type and stack, without changing what becomes of them. */
export function createHandlerObserver(spanOf: SpanOf, failedLate: LateFailure): (call: object) => void {
  const observed = new WeakSet<RegisteredHandler["func"]>();
  return (call) => {
    const handler = handlerOf(call);
    if (typeof handler?.func !== "function" || observed.has(handler.func)) return;
    handler.func = observe(handler.func, handler.type, spanOf, failedLate);
    observed.add(handler.func);
  };
}

function observe(
  func: RegisteredHandler["func"],
  type: string,
  spanOf: SpanOf,
  failedLate: LateFailure,
): RegisteredHandler["func"] {
  const isAsync = Object.getPrototypeOf(func) === AsyncFunctionPrototype;
  return function (this: unknown, call, callback) {
    const span = spanOf(call);
    if (span === undefined) return func.call(this, call, callback);
    // Before grpc-js's own listener, which may send the status, and so end the span, at once.
    // A stream without one is not to get one of ours: it would hide that nobody listens.
    if (type !== "unary" && call.listenerCount("error") > 0)
      call.prependListener("error", (error) => span.failedWith(error));
    const answer: HandlerCallback | undefined =
      callback &&
      ((error, ...rest) => {
        if (error !== null && error !== undefined) span.failedWith(error);
        callback(error, ...rest);
      });
    try {
      const result = func.call(this, call, answer);
      return isAsync ? watchRejection(result as Promise<unknown>, span, failedLate) : result;
    } catch (error) {
      failedLate(span, error);
      span.failedWith(error);
      throw error;
    }
  };
}

const AsyncFunctionPrototype: unknown = Object.getPrototypeOf(async () => {});

/**
 * A rejection is noted and stays unhandled, as it would be without us. Only the promise of an async
 * function can be watched so: it is nobody else's, while another one may be handled elsewhere.
 */
function watchRejection(
  result: Promise<unknown>,
  span: RecordedSpan,
  failedLate: LateFailure,
): Promise<unknown> {
  return result.catch((error: unknown) => {
    failedLate(span, error);
    span.rejectedWith(error);
    throw error;
  });
}

/** The handler of a call, which interceptors of the user's may have wrapped before. */
function handlerOf(call: object): RegisteredHandler | undefined {
  return (innermostCall(call) as { readonly handler?: RegisteredHandler }).handler;
}
