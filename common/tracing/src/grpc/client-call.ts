import { type Metadata, status as Status, type StatusObject } from "@grpc/grpc-js";
import { type Context, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import {
  contextWithSpan,
  type HeaderScope,
  injectContext,
  isTracingSuppressed,
  MetadataWriter,
  remoteParentOf,
} from "../propagation/index.ts";
import type { ChannelPeers } from "../recall/index.ts";
import type { OpenCall } from "../recorder/index.ts";
import { RecordedSpan, type RelayedFailure, type TraceDecision } from "../spans/index.ts";
import type { Address } from "./addresses.ts";
import type { GrpcInstrumentation } from "./instrumentation.ts";
import { MessageTraffic } from "./message-traffic.ts";
import type { Method } from "./methods.ts";
import {
  setDeadline,
  setMetadata,
  setPeer,
  setRelayed,
  setRootCause,
  setRpcEnd,
  setServerAddress,
  setTraffic,
} from "./rpc-attributes.ts";
import { ATTEMPTS_KEY, formatAnnouncement, parseSignal, SIGNAL_KEY, type TrailerSignal } from "./signals.ts";
import { isFault, statusName } from "./status.ts";

/** What grpc-js says where a call was given the `parent` option and that one was cancelled. */
export const CANCELLED_BY_PARENT = "Cancelled by parent call";

/** Where a client's calls go. */
export interface CallTarget {
  readonly address: Address | undefined;
  /** What may be told to that host. */
  readonly scope: HeaderScope;
}

/** What is known of a call when it is made. */
export interface OutgoingCall {
  readonly method: Method;
  readonly target: CallTarget;
  readonly deadline: number | Date;
  /** The instances behind the channel; undefined where the channel is not ours, and nobody can be recalled. */
  readonly peers: ChannelPeers | undefined;
  /** The caller's context: its callbacks run in it, and a span of the call is a child of its span. */
  readonly callerContext: Context;
  /** A further attempt tells of no failure. */
  readonly isHedged: boolean;
}

/** One outgoing call, from its start to its status. */
export class ClientCall implements OpenCall {
  readonly #instrumentation: GrpcInstrumentation;
  readonly #outgoing: OutgoingCall;
  #span: RecordedSpan | undefined;
  readonly #getPeer: () => string;
  #cancelledHere = false;
  /** The request said who we are: only then the response may tell us something. */
  #announced = false;
  /** The request asked whether recalls are taken. */
  #asked = false;
  /** The server knows already that the trace is kept. */
  #serverKnows = false;
  readonly #traffic = new MessageTraffic();
  older: OpenCall | undefined;
  newer: OpenCall | undefined;

  /** @param getPeer who serves the call, by grpc-js's word for it. */
  constructor(instrumentation: GrpcInstrumentation, outgoing: OutgoingCall, getPeer: () => string) {
    this.#instrumentation = instrumentation;
    this.#outgoing = outgoing;
    this.#getPeer = getPeer;
  }

  /** Starts the span; the result is the caller's metadata, copied, with the trace's headers. */
  start(metadata: Metadata): Metadata {
    const { method, target, callerContext } = this.#outgoing;
    if (isTracingSuppressed(callerContext)) return withoutSignal(metadata);
    const { tracer, captureMetadata } = this.#instrumentation;
    let context = callerContext;
    if (method.verdict !== "never") {
      const options = { kind: SpanKind.CLIENT, cleanName: true, rate: method.verdict };
      const span = tracer.start(method.name, options, callerContext);
      this.#span = span;
      context = contextWithSpan(callerContext, span);
      if (span.isRecording()) {
        span.addBlock(method.blocks.client);
        setServerAddress(span, target.address);
        setDeadline(span, this.#outgoing.deadline, Date.now());
        setMetadata(span, metadata, captureMetadata);
      }
    }
    if (target.scope === "none") return withoutSignal(metadata);
    const copy = metadata.clone();
    const headers = new MetadataWriter(copy);
    injectContext(context, headers, target.scope);
    // Of a request that a handler passes on: attempts of this call are counted by grpc-js, below us.
    headers.remove(ATTEMPTS_KEY);
    headers.setOwn(SIGNAL_KEY, this.#announce());
    this.#announced = true;
    return copy;
  }

  #announce(): string {
    const { peers } = this.#outgoing;
    const span = this.#span;
    const keepId = this.#keepId();
    if (span === undefined) return formatAnnouncement({ reports: false, asks: false, keepId });
    const { trace } = span;
    const kept = trace.decision?.kept === true ? trace.decision : undefined;
    this.#serverKnows = kept !== undefined;
    if (peers !== undefined && kept === undefined) this.#instrumentation.keeper.openCalls.add(this);
    this.#asked = peers?.asks === true;
    return formatAnnouncement({ reports: this.#instrumentation.reports(), asks: this.#asked, kept, keepId });
  }

  /** By which the callee is to know the trace; undefined where that is its trace id. */
  #keepId(): string | undefined {
    const { callerContext } = this.#outgoing;
    const span = this.#span ?? trace.getSpan(callerContext);
    if (!(span instanceof RecordedSpan)) return remoteParentOf(callerContext)?.keepId;
    const { traceId, keepId } = span.trace;
    return keepId === traceId ? undefined : keepId;
  }

  /** The credentials that this call was given for itself: a recall needs them, too. */
  withCredentials(credentials: ChannelPeers["callCredentials"]): void {
    if (this.#outgoing.peers !== undefined) this.#outgoing.peers.callCredentials = credentials;
  }

  get traceId(): string {
    return this.#span?.trace.keepId ?? "";
  }

  /** The trace is kept since this call began. Its end tells again: whoever serves it may not be known yet. */
  kept(decision: TraceDecision): void {
    const { peers } = this.#outgoing;
    if (this.#serverKnows || peers === undefined || this.#span?.trace.sendsAll !== false) return;
    this.#instrumentation.recaller.recallEarly(peers, this.traceId, decision);
  }

  /** The first metadata of the answer, which may say that recalls are taken. */
  metadataReceived(metadata: Metadata): void {
    if (!this.#announced) return;
    const { recalls } = takeSignal({ metadata });
    const { peers } = this.#outgoing;
    const peer = recalls === true && this.#asked ? peers?.peerAt(this.#getPeer()) : undefined;
    if (peer !== undefined) peers?.answered(peer, true);
  }

  /** @param bytes its length; undefined where it is not seen as bytes. */
  messageSent(bytes?: number): void {
    this.#traffic.sent++;
    if (bytes !== undefined) this.#traffic.sentBytes(bytes);
  }

  messageReceived(bytes?: number): void {
    this.#traffic.received++;
    if (bytes !== undefined) this.#traffic.receivedBytes(bytes);
  }

  /** The caller itself gave the call up, with this status. */
  cancelled(code: number): void {
    if (code === Status.CANCELLED) this.#cancelledHere = true;
  }

  /** Ends the span with the status of the call. */
  ended(status: StatusObject): void {
    // A server that we have told nothing has nothing to tell us.
    const signal = this.#announced ? takeSignal(status) : parseSignal("");
    const span = this.#span;
    if (span === undefined) this.#passOn(signal);
    if (span === undefined || span.endTime !== undefined) return;
    this.#instrumentation.keeper.openCalls.delete(this);
    const peer = this.#getPeer();
    try {
      this.#heed(span, signal);
      this.#describeEnd(span, status, signal);
      setPeer(span, peer);
      this.#remember(span, peer, signal, status.code === Status.OK);
    } finally {
      span.end();
    }
  }

  /** Without a span of its own the call is part of the trace all the same: that it is kept goes up. */
  #passOn({ kept }: TrailerSignal): void {
    if (kept === undefined) return;
    const { keeper } = this.#instrumentation;
    const { callerContext } = this.#outgoing;
    const above = trace.getSpan(callerContext);
    if (above instanceof RecordedSpan) keeper.keepFromOutside(above.trace.keepId, kept, above.trace);
    else {
      const keepId = remoteParentOf(callerContext)?.keepId ?? above?.spanContext().traceId;
      if (keepId !== undefined) keeper.keptBelow(keepId, kept);
    }
  }

  /** What the server has decided of the trace holds here, too. */
  #heed({ trace }: RecordedSpan, { kept, refused, attempt }: TrailerSignal): void {
    const { keeper } = this.#instrumentation;
    if (kept !== undefined) keeper.keepFromOutside(trace.keepId, kept, trace);
    else if (refused === true) keeper.refusedBelow(trace);
    // The attempts before failed, and their trailers are hidden from us.
    else if (attempt !== undefined && attempt > 1 && !this.#outgoing.isHedged) keeper.failed(trace, "retry");
  }

  /** Notes who served the call, for the case that the trace is kept later; if it is kept now, they are told. */
  #remember(span: RecordedSpan, address: string, signal: TrailerSignal, isOk: boolean): void {
    const { kept, recalls, attempt } = signal;
    const { peers } = this.#outgoing;
    if (peers === undefined) return;
    const peer = peers.peerAt(address);
    // Without a success it may not have been the server that answered.
    if (peer !== undefined && this.#asked && (recalls === true || isOk))
      peers.answered(peer, recalls === true);
    const { recaller } = this.#instrumentation;
    const { keepId, decision, sendsAll } = span.trace;
    if (sendsAll) return;
    if (attempt !== undefined && attempt > 1 && decision?.kept === true) {
      // Which instances had the attempts before, grpc-js does not say.
      recaller.recallAny(peers, keepId, decision);
      return;
    }
    if (this.#serverKnows || kept !== undefined) return;
    if (decision?.kept !== true) span.servedBy = peer?.number ?? 0;
    else if (peer !== undefined) recaller.recall([peer], keepId, decision);
    else recaller.recallAny(peers, keepId, decision);
  }

  #describeEnd(
    span: RecordedSpan,
    { code, details }: StatusObject,
    { attempt, failure }: TrailerSignal,
  ): void {
    const ownCancel = code === Status.CANCELLED && (this.#cancelledHere || details === CANCELLED_BY_PARENT);
    const meaning = ownCancel ? "answer" : this.#outgoing.method.meanings.client(code);
    const isError = meaning !== "answer";
    setRpcEnd(span, code, isError);
    // A channel does not know the kind of the call.
    setTraffic(span, this.#traffic, false);
    if (attempt !== undefined) span.setClean("tracekeep.rpc.attempts", attempt);
    if (isError) span.setStatus({ code: SpanStatusCode.ERROR, message: String(details ?? "") });
    if (meaning === "failure") this.#fail(span, code, String(details ?? ""), failure);
    else if (code === Status.OK) span.trace.failures.callAnswered();
    // What leaves the user's code as an error of this status is no failure there, either.
    else if (isFault(code)) span.trace.failures.tolerate(code, String(details ?? ""));
  }

  /** Remembers the failure for the span above, and reports it if the server has not. */
  #fail(span: RecordedSpan, code: number, details: string, below: RelayedFailure | undefined): void {
    const { report, sanitizer, keeper } = this.#instrumentation;
    const { failures } = span.trace;
    keeper.failed(span.trace);
    const name = statusName(code);
    if (below !== undefined) setRelayed(span, below);
    const late = code === Status.DEADLINE_EXCEEDED ? failures.passedDeadline() : undefined;
    if (below === undefined && late?.reported !== true) setRootCause(span);
    let reported = below?.reported === true || late?.reported === true;
    if (!reported) {
      const { traceId, keepId } = span.trace;
      const exception = { type: name, message: sanitizer.text(details), stack: undefined };
      const { spanId, parentSpanId, name: method } = span;
      reported = report({ traceId, keepId, spanId, parentSpanId, exception, method, code: name });
    }
    if (late !== undefined) late.reported ||= reported;
    failures.callFailed({ service: "", method: span.name, code: name, ...below, reported }, details);
  }
}

/** What a handler passes on of its caller's metadata is sent as it is, but for what is between tracings. */
function withoutSignal(metadata: Metadata): Metadata {
  if (metadata.get(SIGNAL_KEY).length === 0) return metadata;
  const copy = metadata.clone();
  copy.remove(SIGNAL_KEY);
  return copy;
}

/** Takes our signal out of a status or the first metadata: it is nobody else's business. */
function takeSignal({ metadata }: Pick<StatusObject, "metadata">): TrailerSignal {
  const value = metadata?.get(SIGNAL_KEY)[0];
  if (value !== undefined) metadata.remove(SIGNAL_KEY);
  return parseSignal(typeof value === "string" ? value : "");
}
