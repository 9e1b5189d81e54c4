import { type Metadata, type ServerInterceptingCallInterface, status as Status } from "@grpc/grpc-js";
import { type Context, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { failureOf } from "../errors/index.ts";
import { extractContext, readMetadata } from "../propagation/index.ts";
import type { RecordedSpan, RelayedFailure } from "../spans/index.ts";
import { parseAddress } from "./addresses.ts";
import type { GrpcInstrumentation } from "./instrumentation.ts";
import type { Method } from "./methods.ts";
import {
  setDeadline,
  setMessageCounts,
  setMetadata,
  setPeer,
  setRelayed,
  setRpcEnd,
  setRpcStart,
  setServerAddress,
} from "./rpc-attributes.ts";
import { formatSignal, SIGNAL_KEY } from "./signals.ts";
import { statusName } from "./status.ts";

/** A cancellation this close to the deadline, in milliseconds, is the caller's deadline and not its wish. */
const DEADLINE_TOLERANCE = 50;
const ATTEMPTS_KEY = "grpc-previous-rpc-attempts";

/** A status on its way to the client. */
export type OutgoingStatus = Parameters<ServerInterceptingCallInterface["sendStatus"]>[0];

/** A call as it comes in. */
export interface IncomingCall {
  readonly method: Method;
  /** True unless one message goes each way. */
  readonly streaming: boolean;
  readonly call: Pick<ServerInterceptingCallInterface, "getPeer" | "getHost" | "getDeadline">;
  readonly metadata: Metadata;
}

/** One incoming call, from its metadata to its end. */
export class ServerCall {
  /** For the handler and everything that it starts. */
  readonly context: Context;
  readonly #instrumentation: GrpcInstrumentation;
  readonly #incoming: IncomingCall;
  readonly #span: RecordedSpan;
  readonly #callerListens: boolean;
  readonly #attempt: number;
  #received = 0;
  #sent = 0;

  /** Without a call for a method that is never traced: the caller's context stays active then. */
  static begin(
    instrumentation: GrpcInstrumentation,
    incoming: IncomingCall,
  ): { readonly context: Context; readonly call?: ServerCall } {
    // Not the active context: that is whatever the connection happened to be opened in.
    const read = readMetadata(incoming.metadata);
    const remote = extractContext(ROOT_CONTEXT, read, instrumentation.trustRemote);
    const { verdict } = incoming.method;
    if (verdict === "never") return { context: remote };
    const call = new ServerCall(instrumentation, incoming, verdict, remote);
    return { context: call.context, call };
  }

  private constructor(
    instrumentation: GrpcInstrumentation,
    incoming: IncomingCall,
    rate: number | undefined,
    remote: Context,
  ) {
    const { method, call, metadata } = incoming;
    this.#instrumentation = instrumentation;
    this.#incoming = incoming;
    const options = { kind: SpanKind.SERVER, cleanName: true, rate };
    this.#span = instrumentation.tracer.start(method.name, options, remote);
    this.context = trace.setSpan(remote, this.#span);
    this.#callerListens = instrumentation.trustRemote === "all" && metadata.get(SIGNAL_KEY).length > 0;
    this.#attempt = 1 + (Number(metadata.get(ATTEMPTS_KEY)[0] ?? 0) || 0);
    const deadline = { at: Number(call.getDeadline()), reported: this.#callerListens };
    this.#span.trace.failures.deadline = deadline;
    if (this.#span.isRecording()) this.#describe(incoming);
  }

  #describe({ method, call, metadata }: IncomingCall): void {
    const span = this.#span;
    setRpcStart(span, "rpc.server", method);
    setServerAddress(span, parseAddress(call.getHost() ?? ""));
    setPeer(span, call.getPeer());
    setDeadline(span, call.getDeadline(), Date.now());
    if (this.#attempt > 1) span.setClean("tracekeep.rpc.attempt", this.#attempt);
    setMetadata(span, metadata, this.#instrumentation.captureMetadata);
  }

  messageReceived(): void {
    this.#received++;
  }

  messageSent(): void {
    this.#sent++;
  }

  /** Ends the span with the status that goes to the client; the result is the status with our trailer. */
  statusSent(status: OutgoingStatus): OutgoingStatus {
    if (this.#span.endTime !== undefined) return status;
    const code = status.code ?? Status.UNKNOWN;
    const failure = this.#end(code, status.details ?? "");
    const signal = formatSignal({ attempt: this.#attempt, failure });
    if (signal === "" || !this.#callerListens) return status;
    const trailers = status.metadata?.clone() ?? emptyLike(this.#incoming.metadata);
    trailers.set(SIGNAL_KEY, signal);
    return { ...status, metadata: trailers };
  }

  /** The call is over. Without a status before, the client has gone or its deadline has passed. */
  ended(): void {
    if (this.#span.endTime !== undefined) return;
    const untilDeadline = Number(this.#incoming.call.getDeadline()) - Date.now();
    if (untilDeadline <= DEADLINE_TOLERANCE)
      this.#end(Status.DEADLINE_EXCEEDED, "The deadline passed before the handler answered.");
    else this.#end(Status.CANCELLED, "The client cancelled the call or went away.");
  }

  #end(code: number, details: string): RelayedFailure | undefined {
    const span = this.#span;
    const meaning = this.#incoming.method.meanings.server(code);
    const isError = meaning !== "answer";
    // A plain status object holds nothing that the span does not have already.
    if (isError && span.cause instanceof Error) span.recordException(span.cause);
    setRpcEnd(span, code, isError);
    if (this.#incoming.streaming) setMessageCounts(span, this.#sent, this.#received);
    if (isError) span.setStatus({ code: SpanStatusCode.ERROR, message: details });
    const failure = meaning === "failure" ? this.#fail(code, details) : undefined;
    span.end();
    return failure;
  }

  /** Passes a failure from below on, or reports one that began here. */
  #fail(code: number, details: string): RelayedFailure {
    const span = this.#span;
    const name = statusName(code);
    const { relayed, deadline } = span.trace.failures;
    if (relayed !== undefined && (relayed.code === name || span.exception === undefined)) {
      setRelayed(span, relayed);
      return relayed;
    }
    const leftToOthers = code === Status.DEADLINE_EXCEEDED && deadline?.reported === true;
    if (!leftToOthers)
      this.#instrumentation.report(failureOf(span, name, this.#instrumentation.sanitizer.text(details)));
    if (code === Status.DEADLINE_EXCEEDED && deadline !== undefined) deadline.reported = true;
    return {
      service: this.#instrumentation.serviceName,
      method: span.name,
      code: name,
      reported: !leftToOthers,
    };
  }
}

/** Metadata of the same copy of grpc-js: another copy would not take ours. */
function emptyLike(metadata: Metadata): Metadata {
  return new (metadata.constructor as new () => Metadata)();
}
