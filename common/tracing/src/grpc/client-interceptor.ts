import {
  InterceptingCall,
  type Interceptor,
  type InterceptorOptions,
  type NextCall,
  status as Status,
} from "@grpc/grpc-js";
import { type Context, createContextKey } from "@opentelemetry/api";
import { ClientCall } from "./client-call.ts";
import { innermostCall } from "./innermost-call.ts";
import type { GrpcInstrumentation } from "./instrumentation.ts";
import { targetOf } from "./target.ts";
import { type GivenUp, isOver, statusOfUnstarted } from "./unstarted-call.ts";

const TRACED_ABOVE = createContextKey("tracekeep.client-interceptor");

/** The call that an interceptor of ours is making; another call made meanwhile is none of its business. */
interface CallAbove {
  readonly path: string;
  made: boolean;
}

/** Whether an interceptor of ours is making this call just now. */
function isTracedAbove(context: Context, path: string): boolean {
  const above = context.getValue(TRACED_ABOVE) as CallAbove | undefined;
  return above !== undefined && !above.made && above.path === path;
}

/** The same, asked by the channel, which makes the call: a further call of the method is another one. */
export function claimTracedAbove(context: Context, path: string): boolean {
  if (!isTracedAbove(context, path)) return false;
  (context.getValue(TRACED_ABOVE) as CallAbove).made = true;
  return true;
}

/** Traces the calls of a client whose channel is not ours. */
export function createClientInterceptor(instrumentation: GrpcInstrumentation): Interceptor {
  const { contexts, guard } = instrumentation;
  return (options: InterceptorOptions, nextCall: NextCall) => {
    const callerContext = contexts.active();
    const { path } = options.method_definition;
    if (isTracedAbove(callerContext, path) || !instrumentation.isOpen())
      return new InterceptingCall(nextCall(options));
    const caller = contexts.capture();
    const above: CallAbove = { path, made: false };
    const call = contexts.with(callerContext.setValue(TRACED_ABOVE, above), nextCall, undefined, options);
    const clientCall = new ClientCall(
      instrumentation,
      {
        method: instrumentation.methodOf(path),
        // Before a call starts, grpc-js gives the channel's target for its peer.
        target: targetOf(call.getPeer(), instrumentation),
        deadline: options.deadline ?? Number.POSITIVE_INFINITY,
        peers: undefined,
        callerContext,
        isHedged: false,
      },
      () => call.getPeer(),
    );
    const ofChannel = (innermostCall(call) as { readonly call?: object }).call;
    let givenUp: GivenUp | undefined;
    return new InterceptingCall(call, {
      start(metadata, listener, next) {
        // Asked before: in the start itself a call may fail at once, and that is told.
        const wasOver = isOver(ofChannel);
        const traced = guard(() => clientCall.start(metadata), metadata);
        next(traced, {
          onReceiveMetadata(received, forward) {
            guard(() => clientCall.metadataReceived(received), undefined);
            caller.runInAsyncScope(forward, listener, received);
          },
          onReceiveMessage(message, forward) {
            if (message !== null) clientCall.messageReceived();
            caller.runInAsyncScope(forward, listener, message);
          },
          onReceiveStatus(status, forward) {
            guard(() => clientCall.ended(status), undefined);
            caller.runInAsyncScope(forward, listener, status);
          },
        });
        const deadline = Number(options.deadline ?? Number.POSITIVE_INFINITY);
        if (wasOver) guard(() => clientCall.ended(statusOfUnstarted(givenUp, deadline)), undefined);
      },
      sendMessage(message, next) {
        clientCall.messageSent();
        next(message);
      },
      cancel(next) {
        clientCall.cancelled(Status.CANCELLED);
        givenUp ??= { code: Status.CANCELLED, details: "" };
        next();
      },
    });
  };
}
