import type {
  Metadata,
  ServerInterceptingCall,
  ServerInterceptingCallInterface,
  ServerInterceptor,
} from "@grpc/grpc-js";
import type { Context } from "@opentelemetry/api";
import { createHandlerObserver } from "./handlers.ts";
import type { GrpcInstrumentation } from "./instrumentation.ts";
import { type OutgoingStatus, ServerCall } from "./server-call.ts";

type ServerListener = Parameters<ServerInterceptingCallInterface["start"]>[0];

/** Marks calls that are traced, also by another copy of this library. */
const TRACED = Symbol.for("tracekeep.traced-server-call.1");

/**
 * Traces incoming calls of all four kinds.
 *
 * The interceptor takes the place of methods of the one call object that it is given, and returns that
 * object: grpc-js's own endings (deadline, unreadable request, message too large) call `sendStatus` on
 * it and would pass by a wrapper.
 */
export function createServerInterceptor(instrumentation: GrpcInstrumentation): ServerInterceptor {
  const { contexts, guard } = instrumentation;
  const observeHandler = createHandlerObserver(contexts);
  return (definition, call) => {
    if (TRACED in call || !instrumentation.isOpen()) return call as unknown as ServerInterceptingCall;
    Object.defineProperty(call, TRACED, { value: true });
    observeHandler(call);
    const method = instrumentation.methodOf(definition.path);
    const incoming = {
      streaming: definition.requestStream || definition.responseStream,
      getPeer: () => call.getPeer(),
      getHost: () => call.getHost(),
      getDeadline: () => call.getDeadline(),
    };
    let context: Context | undefined;
    let serverCall: ServerCall | undefined;

    const begin = (metadata: Metadata): Context => {
      if (context === undefined) {
        const fallback = { context: contexts.active(), call: undefined };
        const begun = guard(() => ServerCall.begin(instrumentation, method, incoming, metadata), fallback);
        ({ context, call: serverCall } = begun);
      }
      return context;
    };
    const inContext = <A extends unknown[]>(fn: (...args: A) => void, thisArg: unknown, ...args: A): void => {
      if (context === undefined) fn.apply(thisArg, args);
      else contexts.with(context, fn, thisArg, ...args);
    };
    const traced = (listener: ServerListener): ServerListener => ({
      onReceiveMetadata(metadata) {
        contexts.with(begin(metadata), listener.onReceiveMetadata, listener, metadata);
      },
      onReceiveMessage(message) {
        serverCall?.messageReceived();
        inContext(listener.onReceiveMessage, listener, message);
      },
      onReceiveHalfClose() {
        inContext(listener.onReceiveHalfClose, listener);
      },
      onCancel() {
        guard(() => serverCall?.ended(), undefined);
        inContext(listener.onCancel, listener);
      },
    });

    const { start, sendMessage, sendStatus } = call;
    return Object.assign(call, {
      start: (listener: ServerListener) => start.call(call, traced(listener)),
      sendMessage(message: unknown, callback: () => void) {
        serverCall?.messageSent();
        sendMessage.call(call, message, callback);
      },
      sendStatus: (status: OutgoingStatus) => {
        sendStatus.call(call, guard(() => serverCall?.statusSent(status), undefined) ?? status);
      },
    }) as unknown as ServerInterceptingCall;
  };
}
