import { CallCredentials, type ClientOptions, type Metadata, type StatusObject } from "@grpc/grpc-js";
import { ChannelPeers, type Dial } from "../recall/index.ts";
import type { CapturedContext } from "../tracer/index.ts";
import { BoundCredentials } from "./bound-credentials.ts";
import { ClientCall } from "./client-call.ts";
import { claimTracedAbove } from "./client-interceptor.ts";
import type { IsHedged } from "./hedging.ts";
import type { GrpcInstrumentation } from "./instrumentation.ts";
import { targetOf } from "./target.ts";
import { type GivenUp, isOver, statusOfUnstarted } from "./unstarted-call.ts";

export type Channel = NonNullable<ClientOptions["channelOverride"]>;
type Call = ReturnType<Channel["createCall"]>;
type Listener = Parameters<Call["start"]>[1];

/** Marks channels that are traced, also by another copy of this library. */
const TRACED = Symbol.for("tracekeep.traced-channel.1");

/** What is known of a channel that we have made ourselves. */
interface ChannelFacts {
  /** What was asked for: where an HTTP proxy is set, grpc-js gives the proxy for the channel's target. */
  readonly target?: string;
  /** Makes a connection to one of the instances behind the channel. */
  readonly dial?: Dial;
  readonly isHedged?: IsHedged;
  /** Its credentials ask somebody's code for metadata of each call. Not part of grpc-js's types. */
  readonly hasCallCredentials?: boolean;
}

/**
 * Traces all calls over a channel. Below the interceptors, nothing that a user configures on a client
 * or a call can put it out of work, and a retried call is one call.
 */
export function traceChannel(
  channel: Channel,
  instrumentation: GrpcInstrumentation,
  facts: ChannelFacts = {},
): Channel {
  return TRACED in channel ? channel : new TracedChannel(channel, instrumentation, facts);
}

class TracedChannel implements Channel {
  readonly [TRACED] = true;
  readonly #channel: Channel;
  readonly #instrumentation: GrpcInstrumentation;
  readonly #target: ReturnType<typeof targetOf>;
  readonly #peers: ChannelPeers;
  readonly #isHedged: IsHedged | undefined;
  readonly #hasCallCredentials: boolean;

  constructor(channel: Channel, instrumentation: GrpcInstrumentation, facts: ChannelFacts) {
    const { dial, isHedged, target = channel.getTarget() } = facts;
    this.#isHedged = isHedged;
    this.#hasCallCredentials = facts.hasCallCredentials === true;
    this.#channel = channel;
    this.#instrumentation = instrumentation;
    this.#peers = new ChannelPeers(channel, dial);
    this.#target = targetOf(target, instrumentation);
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
    const isHedged = this.#isHedged?.(path) === true;
    const outgoing = { method, target: this.#target, peers, deadline, callerContext, isHedged };
    const clientCall = new ClientCall(this.#instrumentation, outgoing, () => call.getPeer());
    const traced = new TracedCall(call, clientCall, this.#instrumentation, Number(deadline));
    if (this.#hasCallCredentials) traced.bindCredentials(CallCredentials.createEmpty());
    return traced;
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
  readonly #instrumentation: GrpcInstrumentation;
  // Undefined after the end: grpc-js may hold the call for longer, but not what it led to.
  /** The caller's: its callbacks run in it. */
  #callerContext: CapturedContext | undefined;
  #trace: ClientCall | undefined;
  #listener: Listener | undefined;
  /** How it was given up before it was started. */
  #givenUp: GivenUp | undefined;
  #hasSent = false;
  readonly #deadline: number;

  constructor(call: Call, clientCall: ClientCall, instrumentation: GrpcInstrumentation, deadline: number) {
    this.#deadline = deadline;
    this.#call = call;
    this.#trace = clientCall;
    this.#instrumentation = instrumentation;
    this.#callerContext = instrumentation.contexts.capture();
  }

  start(metadata: Metadata, listener: Listener): void {
    this.#listener = listener;
    // Asked before: in the start itself a call may fail at once, and that is told.
    const wasOver = isOver(this.#call);
    this.#call.start(
      this.#instrumentation.guard(() => this.#trace?.start(metadata) ?? metadata, metadata),
      this,
    );
    if (wasOver) this.#endUnstarted();
  }

  #endUnstarted(): void {
    const status = statusOfUnstarted(this.#givenUp, this.#deadline);
    this.#instrumentation.guard(() => this.#trace?.ended(status), undefined);
  }

  onReceiveMetadata(metadata: Metadata): void {
    this.#instrumentation.guard(() => this.#trace?.metadataReceived(metadata), undefined);
    this.#pass(this.#listener?.onReceiveMetadata, metadata);
  }

  onReceiveMessage(message: Parameters<Listener["onReceiveMessage"]>[0]): void {
    this.#trace?.messageReceived(message?.length);
    this.#pass(this.#listener?.onReceiveMessage, message);
  }

  onReceiveStatus(status: StatusObject): void {
    this.#instrumentation.guard(() => this.#trace?.ended(status), undefined);
    this.#pass(this.#listener?.onReceiveStatus, status);
    this.#listener = undefined;
    this.#callerContext = undefined;
    this.#trace = undefined;
  }

  #pass<T>(event: ((received: T) => void) | undefined, received: T): void {
    if (event !== undefined) this.#callerContext?.runInAsyncScope(event, this.#listener, received);
  }

  sendMessageWithContext(context: MessageContext, message: Buffer): void {
    this.#trace?.messageSent(message.length);
    this.#call.sendMessageWithContext(this.#hasSent ? context : this.#inOwnContext(context), message);
    this.#hasSent = true;
  }

  /**
   * A stream's first message may wait for a connection that others wait for, too: its callback would run in their
   * context. Not by `AsyncResource.bind`, which leaves an object's shape in V8's old space for each call.
   */
  #inOwnContext(context: MessageContext): MessageContext {
    const { callback } = context;
    if (callback === undefined) return context;
    const own = this.#instrumentation.contexts.capture();
    return { ...context, callback: (error) => own.runInAsyncScope(callback, undefined, error) };
  }

  cancelWithStatus(code: Parameters<Call["cancelWithStatus"]>[0], details: string): void {
    this.#trace?.cancelled(code);
    if (this.#listener === undefined) this.#givenUp ??= { code, details };
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
    this.#trace?.withCredentials(credentials);
    this.bindCredentials(credentials);
  }

  /** Those of the channel are asked along with them. */
  bindCredentials(credentials: Parameters<Call["setCredentials"]>[0]): void {
    const caller = this.#callerContext;
    this.#call.setCredentials(caller === undefined ? credentials : new BoundCredentials(credentials, caller));
  }
  getAuthContext(): ReturnType<Call["getAuthContext"]> {
    return this.#call.getAuthContext();
  }
}

type MessageContext = Parameters<Call["sendMessageWithContext"]>[0];
