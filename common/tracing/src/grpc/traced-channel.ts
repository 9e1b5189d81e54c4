import type { ClientOptions, Metadata, StatusObject } from "@grpc/grpc-js";
import { ClientCall } from "./client-call.ts";
import { claimTracedAbove } from "./client-interceptor.ts";
import type { GrpcInstrumentation } from "./instrumentation.ts";
import { targetOf } from "./target.ts";

export type Channel = NonNullable<ClientOptions["channelOverride"]>;
type Call = ReturnType<Channel["createCall"]>;
type Listener = Parameters<Call["start"]>[1];

/** Marks channels that are traced, also by another copy of this library. */
const TRACED = Symbol.for("tracekeep.traced-channel.1");

/**
 * Traces all calls over a channel. Below the interceptors, nothing that a user configures on a client
 * or a call can put it out of work, and a retried call is one call.
 */
export function traceChannel(channel: Channel, instrumentation: GrpcInstrumentation): Channel {
  return TRACED in channel ? channel : new TracedChannel(channel, instrumentation);
}

class TracedChannel implements Channel {
  readonly [TRACED] = true;
  readonly #channel: Channel;
  readonly #instrumentation: GrpcInstrumentation;
  readonly #target: ReturnType<typeof targetOf>;

  constructor(channel: Channel, instrumentation: GrpcInstrumentation) {
    this.#channel = channel;
    this.#instrumentation = instrumentation;
    this.#target = targetOf(channel.getTarget(), instrumentation);
  }

  createCall(...args: Parameters<Channel["createCall"]>): Call {
    const call = this.#channel.createCall(...args);
    const callerContext = this.#instrumentation.contexts.active();
    const [path, deadline] = args;
    if (claimTracedAbove(callerContext, path) || !this.#instrumentation.isOpen()) return call;
    const method = this.#instrumentation.methodOf(path);
    const outgoing = { method, target: this.#target, deadline, callerContext };
    return new TracedCall(
      call,
      new ClientCall(this.#instrumentation, outgoing),
      this.#instrumentation,
      callerContext,
    );
  }

  close(): void {
    this.#channel.close();
  }
  getTarget(): string {
    return this.#channel.getTarget();
  }
  getConnectivityState(tryToConnect: boolean): ReturnType<Channel["getConnectivityState"]> {
    return this.#channel.getConnectivityState(tryToConnect);
  }
  watchConnectivityState(...args: Parameters<Channel["watchConnectivityState"]>): void {
    this.#channel.watchConnectivityState(...args);
  }
  getChannelzRef(): ReturnType<Channel["getChannelzRef"]> {
    return this.#channel.getChannelzRef();
  }
}

class TracedCall implements Call {
  readonly #call: Call;
  readonly #trace: ClientCall;
  readonly #instrumentation: GrpcInstrumentation;
  readonly #callerContext: ReturnType<GrpcInstrumentation["contexts"]["active"]>;

  constructor(
    call: Call,
    clientCall: ClientCall,
    instrumentation: GrpcInstrumentation,
    callerContext: ReturnType<GrpcInstrumentation["contexts"]["active"]>,
  ) {
    this.#call = call;
    this.#trace = clientCall;
    this.#instrumentation = instrumentation;
    this.#callerContext = callerContext;
  }

  start(metadata: Metadata, listener: Listener): void {
    const { contexts, guard } = this.#instrumentation;
    const traced = guard(() => this.#trace.start(metadata), metadata);
    const context = this.#callerContext;
    this.#call.start(traced, {
      onReceiveMetadata: (received) => contexts.with(context, listener.onReceiveMetadata, listener, received),
      onReceiveMessage: (message) => {
        this.#trace.messageReceived();
        contexts.with(context, listener.onReceiveMessage, listener, message);
      },
      onReceiveStatus: (status: StatusObject) => {
        guard(() => this.#trace.ended(status, this.#call.getPeer()), undefined);
        contexts.with(context, listener.onReceiveStatus, listener, status);
      },
    });
  }

  sendMessageWithContext(context: Parameters<Call["sendMessageWithContext"]>[0], message: Buffer): void {
    this.#trace.messageSent();
    this.#call.sendMessageWithContext(context, message);
  }

  cancelWithStatus(code: Parameters<Call["cancelWithStatus"]>[0], details: string): void {
    this.#trace.cancelled(code);
    this.#call.cancelWithStatus(code, details);
  }

  getPeer(): string {
    return this.#call.getPeer();
  }
  startRead(): void {
    this.#call.startRead();
  }
  halfClose(): void {
    this.#call.halfClose();
  }
  getCallNumber(): number {
    return this.#call.getCallNumber();
  }
  setCredentials(credentials: Parameters<Call["setCredentials"]>[0]): void {
    this.#call.setCredentials(credentials);
  }
  getAuthContext(): ReturnType<Call["getAuthContext"]> {
    return this.#call.getAuthContext();
  }
}
