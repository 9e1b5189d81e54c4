import { AsyncResource } from "node:async_hooks";
import { type ClientOptions, Metadata, status as Status, type StatusObject } from "@grpc/grpc-js";
import { ChannelPeers, type Dial } from "../recall/index.ts";
import type { CapturedContext } from "../tracer/index.ts";
import { CANCELLED_BY_PARENT, ClientCall } from "./client-call.ts";
import { claimTracedAbove } from "./client-interceptor.ts";
import type { IsHedged } from "./hedging.ts";
import type { GrpcInstrumentation } from "./instrumentation.ts";
import { targetOf } from "./target.ts";

export type Channel = NonNullable<ClientOptions["channelOverride"]>;
type Call = ReturnType<Channel["createCall"]>;
type Listener = Parameters<Call["start"]>[1];

/** Marks channels that are traced, also by another copy of this library. */
const TRACED = Symbol.for("tracekeep.traced-channel.1");

/** What is known of a channel that we have made ourselves. */
interface ChannelFacts {
  /** Makes a connection to one of the instances behind the channel. */
  readonly dial?: Dial;
  readonly isHedged?: IsHedged;
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

  constructor(channel: Channel, instrumentation: GrpcInstrumentation, { dial, isHedged }: ChannelFacts) {
    this.#isHedged = isHedged;
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
    const isHedged = this.#isHedged?.(path) === true;
    const outgoing = { method, target: this.#target, peers, deadline, callerContext, isHedged };
    const clientCall = new ClientCall(this.#instrumentation, outgoing, () => call.getPeer());
    return new TracedCall(call, clientCall, this.#instrumentation, Number(deadline));
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
  #givenUp: Pick<StatusObject, "code" | "details"> | undefined;
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

  /** An interceptor took longer than the deadline, or than somebody's patience: grpc-js may tell nobody how that ended. */
  #endUnstarted(): void {
    const silent = this.#deadline <= Date.now() ? DEADLINE_PASSED : CANCELLED_ABOVE;
    const status = { ...(this.#givenUp ?? silent), metadata: new Metadata() };
    this.#instrumentation.guard(() => this.#trace?.ended(status), undefined);
  }

  onReceiveMetadata(metadata: Metadata): void {
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

  sendMessageWithContext(context: Parameters<Call["sendMessageWithContext"]>[0], message: Buffer): void {
    this.#trace?.messageSent(message.length);
    this.#call.sendMessageWithContext(this.#hasSent ? context : inOwnContext(context), message);
    this.#hasSent = true;
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
    this.#call.setCredentials(credentials);
  }
  getAuthContext(): ReturnType<Call["getAuthContext"]> {
    return this.#call.getAuthContext();
  }
}

const DEADLINE_PASSED = {
  code: Status.DEADLINE_EXCEEDED,
  details: "The deadline passed before the call was started.",
};
/** grpc-js cancels a call with the one that was given for its `parent`, past us. */
const CANCELLED_ABOVE = { code: Status.CANCELLED, details: CANCELLED_BY_PARENT };

/** Whether grpc-js has ended a call already. It is not part of its types; where it is not to be seen, nothing is done. */
function isOver(call: Call): boolean {
  return (call as { readonly ended?: unknown }).ended === true;
}

type MessageContext = Parameters<Call["sendMessageWithContext"]>[0];

/** A stream's first message may wait for a connection that others wait for, too: its callback would run in their context. */
function inOwnContext(context: MessageContext): MessageContext {
  const { callback } = context;
  return callback === undefined ? context : { ...context, callback: AsyncResource.bind(callback) };
}
