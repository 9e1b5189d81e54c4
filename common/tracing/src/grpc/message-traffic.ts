import { innermostCall } from "./innermost-call.ts";

/** What went over the wire in one call, each way: messages, and their bytes before compression by the transport. */
export class MessageTraffic {
  sent = 0;
  received = 0;
  /** Undefined where messages are not seen as bytes. */
  bytesSent: number | undefined;
  bytesReceived: number | undefined;

  sentBytes(bytes: number): void {
    this.bytesSent = (this.bytesSent ?? 0) + bytes;
  }

  receivedBytes(bytes: number): void {
    this.bytesReceived = (this.bytesReceived ?? 0) + bytes;
  }
}

/** A length-prefixed message of gRPC's wire format begins with a flag and four bytes of length. */
const PREFIX_BYTES = 5;

const TRAFFIC = Symbol("tracekeep.traffic");

/** The methods of grpc-js's innermost call through which messages pass as bytes. None of it is part of its types. */
interface WireMethods {
  serializeMessage(message: unknown): Buffer;
  decompressAndMaybePush(entry: { compressedMessage?: Buffer | null }): unknown;
}

interface WireCall extends Partial<WireMethods> {
  [TRAFFIC]?: MessageTraffic;
}

/** Counts the bytes of a server's call, where grpc-js lets them be seen and nobody else has changed how. */
export function countBytes(call: object, traffic: MessageTraffic): void {
  const inner = innermostCall(call) as WireCall;
  inner[TRAFFIC] = traffic;
  if (isUntouched(inner, "serializeMessage")) inner.serializeMessage = countSent;
  if (isUntouched(inner, "decompressAndMaybePush")) inner.decompressAndMaybePush = countReceived;
}

function isUntouched(call: WireCall, method: keyof WireMethods): boolean {
  return call[method] !== undefined && !Object.hasOwn(call, method);
}

// Two functions for all calls: a pair of closures for each would be a tenth of what a call allocates here.

function countSent(this: WireCall, message: unknown): Buffer {
  const bytes = methodsOf(this).serializeMessage.call(this, message);
  this[TRAFFIC]?.sentBytes(bytes.length - PREFIX_BYTES);
  return bytes;
}

function countReceived(this: WireCall, entry: { compressedMessage?: Buffer | null }): unknown {
  this[TRAFFIC]?.receivedBytes((entry.compressedMessage?.length ?? PREFIX_BYTES) - PREFIX_BYTES);
  return methodsOf(this).decompressAndMaybePush.call(this, entry);
}

function methodsOf(call: WireCall): WireMethods {
  return Object.getPrototypeOf(call);
}
