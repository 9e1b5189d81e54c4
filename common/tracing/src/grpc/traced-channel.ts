import type { ClientOptions, Metadata, StatusObject } from "@grpc/grpc-js";
import { ChannelPeers, type Dial } from "../recall/index.ts";
import { ClientCall, type OutgoingCall } from "./client-call.ts";
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
 *
 * @param dial makes a connection to one of the instances behind the channel.
 */
export function traceChannel(channel: Channel, instrumentation: GrpcInstrumentation, dial?: Dial): Channel {
  return TRACED in channel ? channel : new TracedChannel(channel, instrumentation, dial);
}

class TracedChannel implements Channel {
  readonly [TRACED] = true;
  readonly #channel: Channel;
  readonly #instrumentation: GrpcInstrumentation;
  readonly #target: ReturnType<typeof targetOf>;
  readonly #peers: ChannelPeers;

  constructor(channel: Channel, instrumentation: GrpcInstrumentation, dial: Dial | undefined) {
    this.#channel = channel;
    this.#instrumentation = instrumentation;
    this.#peers = new ChannelPeers(channel, dial);
    this.#target = targetOf(channel.getTarget(), instrumentation);
  }

  createCall(...args: Parameters<Channel["createCall"]>): Call {
    const call = this.#channel.createCall(...args);
    const callerContext = this.#instrumentation.contexts.active();
    const path = args[0];
    const deadline = args[1];
    if (claimTracedAbove(callerContext, path) || !this.#instrumentation.isOpen()) return call;
    const method = this.#instrumentation.methodOf(path);
    // Who gets no headers cannot know which trace is meant.
    const peers = this.#target.scope === "none" ? undefined : this.#peers;
    const outgoing = { method, target: this.#target, peers, deadline, callerContext };
    const clientCall = new ClientCall(this.#instrumentation, outgoing, () => call.getPeer());
    return new TracedCall(call, clientCall, this.#instrumentation, outgoing);
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

/** A call, and what hears of its answer: one object for both. */
class TracedCall implements Call, Listener {
  readonly #call: Call;
  readonly #trace: ClientCall;
  readonly #instrumentation: GrpcInstrumentation;
  readonly #outgoing: OutgoingCall;
  #listener: Listener | undefined;

  constructor(
    call: Call,
    clientCall: ClientCall,
    instrumentation: GrpcInstrumentation,
    outgoing: OutgoingCall,
  ) {
    this.#call = call;
    this.#trace = clientCall;
    this.#instrumentation = instrumentation;
    this.#outgoing = outgoing;
  }

  start(metadata: Metadata, listener: Listener): void {
    this.#listener = listener;
    this.#call.start(
      this.#instrumentation.guard(() => this.#trace.start(metadata), metadata),
      this,
    );
  }

  onReceiveMetadata(metadata: Metadata): void {
    const listener = this.#listener;
    if (listener !== undefined) this.#pass(listener.onReceiveMetadata, metadata);
  }

  onReceiveMessage(message: Parameters<Listener["onReceiveMessage"]>[0]): void {
    this.#trace.messageReceived(message?.length);
    const listener = this.#listener;
    if (listener !== undefined) this.#pass(listener.onReceiveMessage, message);
  }

  onReceiveStatus(status: StatusObject): void {
    this.#instrumentation.guard(() => this.#trace.ended(status), undefined);
    const listener = this.#listener;
    if (listener !== undefined) this.#pass(listener.onReceiveStatus, status);
  }

  #pass<T>(event: (received: T) => void, received: T): void {
    this.#instrumentation.contexts.with(this.#outgoing.callerContext, event, this.#listener, received);
  }

  sendMessageWithContext(context: Parameters<Call["sendMessageWithContext"]>[0], message: Buffer): void {
    this.#trace.messageSent(message.length);
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
    if (this.#outgoing.peers !== undefined) this.#outgoing.peers.callCredentials = credentials;
    this.#call.setCredentials(credentials);
  }
  getAuthContext(): ReturnType<Call["getAuthContext"]> {
    return this.#call.getAuthContext();
  }
}
