import { InterceptingCall, type Interceptor, type InterceptorOptions, type NextCall } from "@grpc/grpc-js";
import { type Context, createContextKey } from "@opentelemetry/api";
import { ClientCall } from "./client-call.ts";
import type { GrpcInstrumentation } from "./instrumentation.ts";
import { targetOf } from "./target.ts";

const TRACED_ABOVE = createContextKey("tracekeep.client-interceptor");

/** Whether an interceptor of ours is making the call just now: the channel leaves it alone then. */
export function isTracedAbove(context: Context): boolean {
  return context.getValue(TRACED_ABOVE) === true;
}

/**
 * Traces the calls of a client whose channel is not ours. An interceptor does not know the address, so
 * propagation targets are matched against the call's own `host` option, or count as `all`.
 */
export function createClientInterceptor(instrumentation: GrpcInstrumentation): Interceptor {
  const { contexts, guard } = instrumentation;
  return (options: InterceptorOptions, nextCall: NextCall) => {
    const callerContext = contexts.active();
    if (isTracedAbove(callerContext) || !instrumentation.isOpen())
      return new InterceptingCall(nextCall(options));
    const call = contexts.with(callerContext.setValue(TRACED_ABOVE, true), nextCall, undefined, options);
    const clientCall = new ClientCall(instrumentation, {
      method: instrumentation.methodOf(options.method_definition.path),
      target:
        options.host === undefined
          ? { address: undefined, scope: "all" }
          : targetOf(options.host, instrumentation),
      deadline: options.deadline ?? Number.POSITIVE_INFINITY,
      callerContext,
    });
    return new InterceptingCall(call, {
      start(metadata, listener, next) {
        const traced = guard(() => clientCall.start(metadata), metadata);
        next(traced, {
          onReceiveMetadata: (received, forward) => contexts.with(callerContext, forward, listener, received),
          onReceiveMessage(message, forward) {
            if (message !== null) clientCall.messageReceived();
            contexts.with(callerContext, forward, listener, message);
          },
          onReceiveStatus(status, forward) {
            guard(() => clientCall.ended(status, call.getPeer()), undefined);
            contexts.with(callerContext, forward, listener, status);
          },
        });
      },
      sendMessage(message, next) {
        clientCall.messageSent();
        next(message);
      },
      cancel(next) {
        clientCall.cancelled(1);
        next();
      },
    });
  };
}
