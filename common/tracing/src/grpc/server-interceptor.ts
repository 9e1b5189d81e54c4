import type {
  Metadata,
  Server,
  ServerInterceptingCall,
  ServerInterceptingCallInterface,
  ServerInterceptor,
} from "@grpc/grpc-js";
import type { Context } from "@opentelemetry/api";
import type { Logger } from "../logger.ts";
import { createHandlerObserver } from "./handlers.ts";
import type { GrpcInstrumentation } from "./instrumentation.ts";
import { countBytes, MessageTraffic } from "./message-traffic.ts";
import type { Method } from "./methods.ts";
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
  const observeHandler = createHandlerObserver(instrumentation.contexts);
  const interceptor: ServerInterceptor = (definition, call) => {
    if (TRACED in call || !instrumentation.isOpen()) return call as unknown as ServerInterceptingCall;
    observeHandler(call);
    const streaming = definition.requestStream || definition.responseStream;
    const traced = new TracedListener(
      instrumentation,
      instrumentation.methodOf(definition.path),
      call,
      streaming,
    );
    const { start, sendMessage, sendStatus } = call;
    return Object.assign(call, {
      [TRACED]: true,
      start: (listener: ServerListener) => start.call(call, traced.before(listener)),
      sendMessage: (message: unknown, callback: () => void) => {
        traced.messageSent();
        sendMessage.call(call, message, callback);
      },
      sendStatus: (status: OutgoingStatus) => sendStatus.call(call, traced.statusSent(status)),
    }) as unknown as ServerInterceptingCall;
  };
  OURS.add(interceptor);
  return interceptor;
}

const OURS = new WeakSet<ServerInterceptor>();

/** Says so if a server was made without the interceptors: its calls would be missing without a word. */
export function checkInterceptors(server: Server, logger: Logger): void {
  // Not part of grpc-js's types; where it is not to be seen, nothing is said.
  const { interceptors } = server as unknown as { interceptors?: unknown };
  if (!Array.isArray(interceptors) || interceptors.some((interceptor) => OURS.has(interceptor))) return;
  logger.warn({}, "A server was made without tracing.serverInterceptors(): its calls are not traced.");
}

/** Stands before the listener of one call: begins the trace with the metadata, and sets the context for the rest. */
class TracedListener implements ServerListener {
  readonly #instrumentation: GrpcInstrumentation;
  readonly #method: Method;
  readonly #incomingCall: ServerInterceptingCallInterface;
  readonly #streaming: boolean;
  readonly #traffic = new MessageTraffic();
  #next: ServerListener | undefined;
  /** The next listener is grpc-js's own of a unary call: it runs no code of the user's before the half-close (a tenth of our cost). */
  #isDirect = false;
  #context: Context | undefined;
  #call: ServerCall | undefined;

  constructor(
    instrumentation: GrpcInstrumentation,
    method: Method,
    incomingCall: ServerInterceptingCallInterface,
    streaming: boolean,
  ) {
    this.#instrumentation = instrumentation;
    this.#method = method;
    this.#incomingCall = incomingCall;
    this.#streaming = streaming;
    countBytes(incomingCall, this.#traffic);
  }

  before(next: ServerListener): ServerListener {
    this.#next = next;
    this.#isDirect = !this.#streaming && Object.getPrototypeOf(next) === Object.prototype;
    return this;
  }

  onReceiveMetadata(metadata: Metadata): void {
    if (this.#context === undefined) this.#begin(metadata);
    if (this.#isDirect) this.#next?.onReceiveMetadata(metadata);
    else this.#pass(() => this.#next?.onReceiveMetadata(metadata));
  }

  onReceiveMessage(message: unknown): void {
    this.#traffic.received++;
    if (this.#isDirect) this.#next?.onReceiveMessage(message);
    else this.#pass(() => this.#next?.onReceiveMessage(message));
  }

  onReceiveHalfClose(): void {
    this.#pass(() => this.#next?.onReceiveHalfClose());
  }

  onCancel(): void {
    this.#instrumentation.guard(() => this.#call?.ended(), undefined);
    this.#pass(() => this.#next?.onCancel());
  }

  messageSent(): void {
    this.#traffic.sent++;
  }

  statusSent(status: OutgoingStatus): OutgoingStatus {
    return this.#instrumentation.guard(() => this.#call?.statusSent(status), undefined) ?? status;
  }

  #begin(metadata: Metadata): void {
    const incoming = {
      method: this.#method,
      streaming: this.#streaming,
      call: this.#incomingCall,
      metadata,
      traffic: this.#traffic,
    };
    const begin = () => ServerCall.begin(this.#instrumentation, incoming);
    const begun = this.#instrumentation.guard(begin, undefined);
    this.#context = begun?.context;
    this.#call = begun?.call;
  }

  #pass(toNext: () => void): void {
    if (this.#context === undefined) toNext();
    else this.#instrumentation.contexts.with(this.#context, toNext);
  }
}
