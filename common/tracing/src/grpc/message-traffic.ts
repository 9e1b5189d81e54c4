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

/** grpc-js's innermost call, as far as it shows messages as bytes. None of it is part of its types. */
interface WireCall {
  nextCall?: WireCall;
  serializeMessage?: (message: unknown) => Buffer;
  decompressAndMaybePush?: (entry: { compressedMessage?: Buffer | null }) => unknown;
}

/** Counts the bytes of a server's call, where grpc-js lets them be seen. */
export function countBytes(call: object, traffic: MessageTraffic): void {
  let inner = call as WireCall;
  while (inner.nextCall !== undefined) inner = inner.nextCall;
  const { serializeMessage, decompressAndMaybePush } = inner;
  if (serializeMessage !== undefined)
    inner.serializeMessage = (message) => {
      const bytes = serializeMessage.call(inner, message);
      traffic.sentBytes(bytes.length - PREFIX_BYTES);
      return bytes;
    };
  if (decompressAndMaybePush !== undefined)
    inner.decompressAndMaybePush = (entry) => {
      traffic.receivedBytes((entry.compressedMessage?.length ?? PREFIX_BYTES) - PREFIX_BYTES);
      return decompressAndMaybePush.call(inner, entry);
    };
}
