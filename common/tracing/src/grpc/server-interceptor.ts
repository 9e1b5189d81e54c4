import type {
  Metadata,
  Server,
  ServerInterceptingCall,
  ServerInterceptingCallInterface,
  ServerInterceptor,
} from "@grpc/grpc-js";
import type { Logger } from "../logger.ts";
import type { RecordedSpan } from "../spans/index.ts";
import type { CapturedContext } from "../tracer/index.ts";
import { emptyOnceClosed } from "./closed-stream.ts";
import { createHandlerObserver } from "./handlers.ts";
import { innermostCall } from "./innermost-call.ts";
import type { GrpcInstrumentation } from "./instrumentation.ts";
import { createLateFailure } from "./late-failure.ts";
import { countBytes, MessageTraffic } from "./message-traffic.ts";
import type { Method } from "./methods.ts";
import type { PassingCall } from "./passing-call.ts";
import { ServerCall } from "./server-call.ts";
import type { OutgoingStatus } from "./trailer.ts";

type ServerListener = Parameters<ServerInterceptingCallInterface["start"]>[0];

/** Marks calls that are traced, also by another copy of this library. */
const TRACED = Symbol.for("tracekeep.traced-server-call.1");

/** A call whose methods are ours. They are the same functions for all calls, and find what they need here. */
interface TracedCall extends ServerInterceptingCallInterface {
  [TRACED]: TracedListener;
}

/**
 * Traces incoming calls of all four kinds.
 *
 * The interceptor takes the place of methods of the one call object at the bottom of all interceptors, and
 * returns what it was given: grpc-js's own endings (deadline, unreadable request, message too large) call
 * `sendStatus` on that object and would pass by a wrapper.
 */
export function createServerInterceptor(instrumentation: GrpcInstrumentation): ServerInterceptor {
  const observeHandler = createHandlerObserver(spanOf, createLateFailure(instrumentation));
  const interceptor: ServerInterceptor = (definition, call) => {
    // Interceptors of a server's credentials come before ours; grpc-js's own endings pass by what they have wrapped.
    const innermost = innermostCall(call) as ServerInterceptingCallInterface;
    if (TRACED in innermost || !instrumentation.isOpen()) return call as unknown as ServerInterceptingCall;
    observeHandler(call);
    const streaming = definition.requestStream || definition.responseStream;
    const traced = new TracedListener(
      instrumentation,
      instrumentation.methodOf(definition.path),
      innermost,
      streaming,
    );
    const ours = innermost as TracedCall;
    ours[TRACED] = traced;
    ours.start = start;
    ours.sendMetadata = sendMetadata;
    ours.sendMessage = sendMessage;
    ours.sendStatus = sendStatus;
    return call as unknown as ServerInterceptingCall;
  };
  OURS.add(interceptor);
  return interceptor;
}

function start(this: TracedCall, listener: ServerListener): void {
  this[TRACED].start.call(this, this[TRACED].before(listener));
}

function sendMetadata(this: TracedCall, metadata: Metadata): void {
  this[TRACED].sendMetadata.call(this, this[TRACED].metadataSent(metadata));
}

function sendMessage(this: TracedCall, message: unknown, callback: () => void): void {
  this[TRACED].messageSent();
  this[TRACED].sendMessage.call(this, message, callback);
}

function sendStatus(this: TracedCall, status: OutgoingStatus): void {
  this[TRACED].sendStatus.call(this, this[TRACED].statusSent(status));
}

/** By the call below the one that a handler has, which is not part of grpc-js's types. */
function spanOf(handlerCall: object): RecordedSpan | undefined {
  const { call } = handlerCall as { readonly call?: object };
  return call && (innermostCall(call) as Partial<TracedCall>)[TRACED]?.span;
}

const OURS = new WeakSet<ServerInterceptor>();

/** Says so if a server was made without the interceptors: its calls would be missing without a word. */
export function checkInterceptors(server: Server, logger: Logger): void {
  // Not part of grpc-js's types; where it is not to be seen, nothing is said.
  const { interceptors } = server as unknown as { interceptors?: unknown };
  if (!Array.isArray(interceptors) || interceptors.some((interceptor) => OURS.has(interceptor))) return;
  logger.warn(
    { event: "tracekeep.server.untraced" },
    "A server was made without tracing.serverInterceptors(): its calls are not traced.",
  );
}

/** Stands before the listener of one call: begins the trace with the metadata, and sets the context for the rest. */
class TracedListener implements ServerListener {
  /** The call's methods as they were before. */
  readonly start: ServerInterceptingCallInterface["start"];
  readonly sendMetadata: ServerInterceptingCallInterface["sendMetadata"];
  readonly sendMessage: ServerInterceptingCallInterface["sendMessage"];
  readonly sendStatus: ServerInterceptingCallInterface["sendStatus"];
  readonly #instrumentation: GrpcInstrumentation;
  readonly #method: Method;
  readonly #incomingCall: ServerInterceptingCallInterface;
  readonly #streaming: boolean;
  readonly #traffic = new MessageTraffic();
  #next: ServerListener | undefined;
  /** The next listener is grpc-js's own of a unary call: it runs no code of the user's before the half-close (a tenth of our cost). */
  #isDirect = false;
  #isHalfClosed = false;
  #hasBegun = false;
  /** Entered for each event: captured once a call, which is 2 % of a message of a stream. */
  #context: CapturedContext | undefined;
  #call: ServerCall | PassingCall | undefined;

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
    this.start = incomingCall.start;
    this.sendMetadata = incomingCall.sendMetadata;
    this.sendMessage = incomingCall.sendMessage;
    this.sendStatus = incomingCall.sendStatus;
    countBytes(incomingCall, this.#traffic);
  }

  /** Undefined for a method that is never traced. */
  get span(): RecordedSpan | undefined {
    return this.#call instanceof ServerCall ? this.#call.span : undefined;
  }

  before(next: ServerListener): ServerListener {
    this.#next = next;
    this.#isDirect = !this.#streaming && Object.getPrototypeOf(next) === Object.prototype;
    return this;
  }

  onReceiveMetadata(metadata: Metadata): void {
    const next = this.#next;
    if (!this.#hasBegun) this.#begin(metadata);
    if (this.#isDirect) next?.onReceiveMetadata(metadata);
    else if (next !== undefined) this.#pass(next, next.onReceiveMetadata, metadata);
  }

  onReceiveMessage(message: unknown): void {
    const next = this.#next;
    this.#traffic.received++;
    if (this.#isDirect) next?.onReceiveMessage(message);
    else if (next !== undefined) this.#pass(next, next.onReceiveMessage, message);
  }

  onReceiveHalfClose(): void {
    this.#isHalfClosed = true;
    if (this.#next !== undefined) this.#pass(this.#next, this.#next.onReceiveHalfClose, undefined);
  }

  onCancel(): void {
    this.#instrumentation.guard(() => this.#call?.ended(), undefined);
    if (this.#next !== undefined) this.#pass(this.#next, this.#next.onCancel, undefined);
    if (this.#isHalfClosed) this.#release();
  }

  /** Nothing comes any more. grpc-js's call may live on in V8's old space until it is collected, but not what it led to. */
  #release(): void {
    emptyOnceClosed(this.#incomingCall);
    this.#next = undefined;
    this.#context = undefined;
    this.#call = undefined;
  }

  metadataSent(metadata: Metadata): Metadata {
    return this.#instrumentation.guard(() => this.#call?.metadataSent(metadata), undefined) ?? metadata;
  }

  messageSent(): void {
    this.#traffic.sent++;
  }

  statusSent(status: OutgoingStatus): OutgoingStatus {
    if (!this.#hasBegun) return this.#refused(status);
    return this.#instrumentation.guard(() => this.#call?.statusSent(status), undefined) ?? status;
  }

  /** An interceptor has answered before it let the metadata pass, as those that shed load do: nothing follows that would let the trace go. */
  #refused(status: OutgoingStatus): OutgoingStatus {
    this.#begin((this.#incomingCall as { metadata?: Metadata }).metadata);
    const call = this.#call;
    this.#call = undefined;
    this.#context = undefined;
    return this.#instrumentation.guard(() => call?.statusSent(status), undefined) ?? status;
  }

  #begin(metadata: Metadata | undefined): void {
    this.#hasBegun = true;
    // Not part of grpc-js's types; where it is not to be seen, the call is not.
    if (metadata === undefined) return;
    const incoming = {
      method: this.#method,
      streaming: this.#streaming,
      call: this.#incomingCall,
      metadata,
      traffic: this.#traffic,
    };
    const { contexts } = this.#instrumentation;
    this.#instrumentation.guard(() => {
      const { context, call } = ServerCall.begin(this.#instrumentation, incoming);
      this.#call = call;
      this.#context = contexts.with(context, contexts.capture);
    }, undefined);
  }

  #pass<T>(next: ServerListener, event: (given: T) => void, given: T): void {
    if (this.#context === undefined) event.call(next, given);
    else this.#context.runInAsyncScope(event, next, given);
  }
}
