import type { EventEmitter } from "node:events";
import {
  type CallOptions,
  type ClientDuplexStream,
  type ClientReadableStream,
  type ClientUnaryCall,
  type ClientWritableStream,
  Metadata,
  type ServerDuplexStream,
  type ServerReadableStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type StatusObject,
} from "@grpc/grpc-js";
import type { ProbeServiceClient } from "@tracekeep/proto/probe/v1";
import type { ArrivedSpan, TestIntake } from "./intake.ts";
import type { ProbeHandlers } from "./probe.ts";

export type Kind = "unary" | "clientStream" | "serverStream" | "bidi";
export const KINDS: readonly Kind[] = ["unary", "clientStream", "serverStream", "bidi"];

/** The messages of all probe methods have the same two fields. */
export interface Message {
  readonly text: string;
  readonly count: number;
}

type ClientCall =
  | ClientUnaryCall
  | ClientReadableStream<Message>
  | ClientWritableStream<Message>
  | ClientDuplexStream<Message, Message>;

/** A call under way. */
export interface OpenCall {
  readonly call: ClientCall;
  /** How the call ends, as its caller is told. */
  readonly status: Promise<StatusObject>;
}

export interface OpenSettings {
  readonly text?: string;
  readonly options?: CallOptions;
  readonly metadata?: Metadata;
  /** False: a stream of requests stays open after its first message. */
  readonly halfClose?: boolean;
  /** False: nobody reads the responses of a stream. */
  readonly read?: boolean;
}

/** Makes a call of any kind with one request message. */
export function openCall(client: ProbeServiceClient, kind: Kind, settings: OpenSettings = {}): OpenCall {
  const { text = "", options = {}, metadata = new Metadata(), halfClose = true, read = true } = settings;
  const message = { text, count: 1 };
  const call = begin(client, kind, message, metadata, options);
  const events: EventEmitter = call;
  const status = new Promise<StatusObject>((resolve) => events.once("status", resolve));
  if ("write" in call) {
    call.write(message);
    if (halfClose) call.end();
  }
  if (kind !== "unary") events.on("error", () => {});
  if (read && "read" in call) call.on("data", () => {});
  return { call, status };
}

/** Resolves with the first response of a stream. */
export function firstMessage({ call }: OpenCall): Promise<Message> {
  const events: EventEmitter = call;
  return new Promise((resolve) => events.once("data", resolve));
}

function begin(
  client: ProbeServiceClient,
  kind: Kind,
  message: Message,
  metadata: Metadata,
  options: CallOptions,
): ClientCall {
  const ignore = (): void => {};
  if (kind === "unary") return client.unary(message, metadata, options, ignore);
  if (kind === "clientStream") return client.clientStream(metadata, options, ignore);
  if (kind === "serverStream") return client.serverStream(message, metadata, options);
  return client.bidi(metadata, options);
}

export type ServerCall =
  | ServerUnaryCall<Message, Message>
  | ServerReadableStream<Message, Message>
  | ServerWritableStream<Message, Message>
  | ServerDuplexStream<Message, Message>;

/** How a handler ends its call, whatever the kind. */
export interface Answer {
  ok(): void;
  /** By the callback or the stream's `error` event. */
  fail(error: object): void;
}

/** The same behaviour for all four kinds of call. What it returns, the handler returns. */
export function sameHandlers(behave: (call: ServerCall, answer: Answer) => unknown): ProbeHandlers {
  const response = { text: "", count: 1 };
  const stream = (call: ServerWritableStream<Message, Message> | ServerDuplexStream<Message, Message>) =>
    behave(call, {
      ok() {
        call.write(response);
        call.end();
      },
      fail: (error) => call.emit("error", error),
    });
  return {
    unary: (call, callback) => behave(call, { ok: () => callback(null, response), fail: callback }),
    clientStream: (call, callback) => behave(call, { ok: () => callback(null, response), fail: callback }),
    serverStream: stream,
    bidi: stream,
  };
}

/** A promise of a first call, and the function that keeps it. */
export function once<T = void>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  const { promise, resolve } = Promise.withResolvers<T>();
  return { promise, resolve };
}

const OTLP_SERVER = 2;
const OTLP_CLIENT = 3;

export const serverSpans = (intake: TestIntake): ArrivedSpan[] =>
  intake.spans.filter((span) => span.kind === OTLP_SERVER);
export const clientSpans = (intake: TestIntake): ArrivedSpan[] =>
  intake.spans.filter((span) => span.kind === OTLP_CLIENT);

/** Waits for the spans of both sides of that many calls, and gives them in the order of their arrival. */
export async function untilRpcSpans(
  intake: TestIntake,
  calls = 1,
): Promise<{ readonly client: readonly ArrivedSpan[]; readonly server: readonly ArrivedSpan[] }> {
  await intake.until(
    () => serverSpans(intake).length >= calls && clientSpans(intake).length >= calls,
    `spans of both sides of ${calls} calls`,
  );
  return { client: clientSpans(intake), server: serverSpans(intake) };
}
