import { type Metadata, type ServerInterceptingCallInterface, status as Status } from "@grpc/grpc-js";
import { type Context, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { failureOf } from "../errors/index.ts";
import { contextWithSpan, type HeaderReader, readMetadata, remoteParentOf } from "../propagation/index.ts";
import { DEADLINE_TOLERANCE, type RecordedSpan, type RelayedFailure } from "../spans/index.ts";
import { type ConnectedCall, connectionBlock } from "./connection-block.ts";
import type { GrpcInstrumentation } from "./instrumentation.ts";
import type { MessageTraffic } from "./message-traffic.ts";
import type { Method } from "./methods.ts";
import { PassingCall } from "./passing-call.ts";
import {
  setDeadline,
  setMetadata,
  setRelayed,
  setRootCause,
  setRpcEnd,
  setTraffic,
} from "./rpc-attributes.ts";
import {
  type Announcement,
  ATTEMPTS_KEY,
  decisionSignal,
  formatSignal,
  readAnnouncement,
  SIGNAL_KEY,
} from "./signals.ts";
import { statusName } from "./status.ts";
import type { StatusMeaning } from "./status-rules.ts";
import { type OutgoingStatus, withSignal } from "./trailer.ts";

/** A call as it comes in. */
export interface IncomingCall {
  readonly method: Method;
  /** True unless one message goes each way. */
  readonly streaming: boolean;
  readonly call: ConnectedCall & Pick<ServerInterceptingCallInterface, "getDeadline">;
  readonly metadata: Metadata;
  /** What has gone over the wire so far. */
  readonly traffic: MessageTraffic;
}

/** One incoming call, from its metadata to its end. */
export class ServerCall {
  /** For the handler and everything that it starts. */
  readonly context: Context;
  readonly #instrumentation: GrpcInstrumentation;
  readonly #incoming: IncomingCall;
  readonly span: RecordedSpan;
  /** Undefined if the caller understands no signals, or is not to get any. */
  readonly #announced: Announcement | undefined;
  readonly #attempt: number;
  /** Its status is known. The user may have ended its span before. */
  #isOver = false;

  /** For a method that is never traced the caller's context stays active. */
  static begin(
    instrumentation: GrpcInstrumentation,
    incoming: IncomingCall,
  ): { readonly context: Context; readonly call?: ServerCall | PassingCall } {
    // Not the active context: that is whatever the connection happened to be opened in.
    const read = readMetadata(incoming.metadata);
    const announced = instrumentation.trustsCallers ? readAnnouncement(read) : undefined;
    const remote = instrumentation.extract(ROOT_CONTEXT, read, announced?.keepId);
    const { verdict } = incoming.method;
    if (verdict === "never") {
      const keepId = remoteParentOf(remote)?.keepId ?? trace.getSpanContext(remote)?.traceId;
      if (announced === undefined || keepId === undefined) return { context: remote };
      return {
        context: remote,
        call: new PassingCall(instrumentation, announced, keepId, incoming.metadata),
      };
    }
    const call = new ServerCall(instrumentation, incoming, verdict, remote, announced, attemptsBefore(read));
    return { context: call.context, call };
  }

  private constructor(
    instrumentation: GrpcInstrumentation,
    incoming: IncomingCall,
    rate: number | undefined,
    remote: Context,
    announced: Announcement | undefined,
    attemptsBefore: number,
  ) {
    const { method, call } = incoming;
    this.#instrumentation = instrumentation;
    this.#incoming = incoming;
    this.#announced = announced;
    const options = { kind: SpanKind.SERVER, cleanName: true, rate, kept: announced?.kept };
    this.span = instrumentation.tracer.start(method.name, options, remote);
    this.context = contextWithSpan(remote, this.span);
    this.#attempt = 1 + attemptsBefore;
    const deadline = { at: Number(call.getDeadline()), reported: announced?.reports === true };
    this.span.trace.failures.deadline = deadline;
    this.#describe(incoming);
  }

  #describe({ method, call, metadata }: IncomingCall): void {
    const span = this.span;
    span.addBlock(method.blocks.server);
    span.addBlock(connectionBlock(call));
    setDeadline(span, call.getDeadline(), Date.now());
    if (this.#attempt > 1) span.setClean("tracekeep.rpc.attempt", this.#attempt);
    setMetadata(span, metadata, this.#instrumentation.captureMetadata);
  }

  /** That recalls are taken goes with the first metadata, too: a stream that its caller cancels has no trailers. */
  metadataSent(metadata: Metadata): Metadata {
    if (this.#announced?.asks !== true || !this.#instrumentation.servesRecalls()) return metadata;
    const copy = metadata.clone();
    copy.set(SIGNAL_KEY, formatSignal({ recalls: true }));
    return copy;
  }

  /** Ends the span with the status that goes to the client; the result is the status with our trailer. */
  statusSent(status: OutgoingStatus): OutgoingStatus {
    if (this.#isOver) return status;
    const failure = this.#end(status.code ?? Status.UNKNOWN, String(status.details ?? ""));
    return withSignal(status, this.#signal(failure), this.#incoming.metadata);
  }

  /** What the caller is told, empty for nothing. */
  #signal(failure: RelayedFailure | undefined): string {
    const announced = this.#announced;
    if (announced === undefined) return "";
    const { decision } = this.span.trace;
    return formatSignal({
      attempt: this.#attempt,
      failure,
      ...(announced.kept === undefined ? decisionSignal(decision) : undefined),
      recalls: announced.asks && this.#instrumentation.servesRecalls(),
    });
  }

  /** The call is over. Without a status before, the client has gone or its deadline has passed. */
  ended(): void {
    if (this.#isOver) return;
    const untilDeadline = Number(this.#incoming.call.getDeadline()) - Date.now();
    if (untilDeadline <= DEADLINE_TOLERANCE)
      this.#end(Status.DEADLINE_EXCEEDED, "The deadline passed before the handler answered.");
    else this.#end(Status.CANCELLED, "The client cancelled the call or went away.");
  }

  /** The span ends whatever goes wrong in describing its end. */
  #end(code: number, details: string): RelayedFailure | undefined {
    this.#isOver = true;
    this.span.answeredOk = code === Status.OK;
    try {
      return this.#describeEnd(code, details, this.#meaningOf(code));
    } finally {
      if (this.span.isRecording()) this.span.end();
    }
  }

  #meaningOf(code: number): StatusMeaning {
    const { cause, rejected } = this.span;
    const { server } = this.#incoming.method.meanings;
    if (rejected) return "failure";
    // A stream that broke on the server, whose status nobody waited for: the error counts, and not the going away.
    const meaning = server(code);
    if (code !== Status.CANCELLED || cause === undefined || isGivenUp(cause)) return meaning;
    return server(codeOf(cause)) === "failure" ? "failure" : meaning;
  }

  #describeEnd(code: number, details: string, meaning: StatusMeaning): RelayedFailure | undefined {
    const span = this.span;
    const isError = meaning !== "answer";
    setRpcEnd(span, code, isError);
    setTraffic(span, this.#incoming.traffic, this.#incoming.streaming);
    if (!isError) return undefined;
    if (span.isRecording()) {
      span.setStatus({ code: SpanStatusCode.ERROR, message: details });
      // A plain status object holds nothing that the span does not have already.
      if (span.cause instanceof Error) span.recordException(span.cause);
    }
    return meaning === "failure" ? this.#fail(code, details) : undefined;
  }

  /** Passes a failure from below on, or reports one that began here. */
  #fail(code: number, details: string): RelayedFailure | undefined {
    const span = this.span;
    const name = statusName(code);
    const { failures } = span.trace;
    this.#instrumentation.keeper.failed(span.trace);
    const relayed = failures.passedOn(name, details, span.cause);
    if (relayed !== undefined) {
      if (span.isRecording()) setRelayed(span, relayed);
      return relayed;
    }
    const late = code === Status.DEADLINE_EXCEEDED ? failures.passedDeadline() : undefined;
    // The caller's, who reports and marks it; but an exception tells more than the deadline that it made pass.
    if (late?.reported === true && !span.rejected) return undefined;
    const failure = failureOf(span, name, this.#instrumentation.sanitizer.text(details));
    // Otherwise a span below has thrown, and has the mark.
    if (failure.spanId === span.spanId) setRootCause(span);
    const reported = this.#instrumentation.report(failure);
    if (late !== undefined) late.reported ||= reported;
    return { service: this.#instrumentation.serviceName, method: span.name, code: name, reported };
  }
}

/** How often grpc-js has tried this call before; a caller's word, so within reason. */
function attemptsBefore(read: HeaderReader): number {
  const attempts = Number(read(ATTEMPTS_KEY)[0] ?? 0);
  return Number.isInteger(attempts) && attempts > 0 && attempts < 100 ? attempts : 0;
}

/** The status that grpc-js makes of an error. */
function codeOf(error: unknown): number {
  const { code } = error as { code?: unknown };
  return typeof code === "number" ? code : Status.UNKNOWN;
}

/** What a stream says that was closed from the other side, or by whoever listened to that. */
const GIVEN_UP: ReadonlySet<unknown> = new Set([
  "ABORT_ERR",
  "ECONNRESET",
  "EPIPE",
  "ERR_HTTP2_INVALID_STREAM",
  "ERR_HTTP2_STREAM_CANCEL",
  "ERR_STREAM_DESTROYED",
  "ERR_STREAM_PREMATURE_CLOSE",
  "ERR_STREAM_WRITE_AFTER_END",
]);

function isGivenUp(error: unknown): boolean {
  const { name, code } = error as { name?: unknown; code?: unknown };
  return name === "AbortError" || GIVEN_UP.has(code);
}
