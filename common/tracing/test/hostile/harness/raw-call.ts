import { connect } from "node:net";

/** How a server answered bytes that no well-behaved client sends. */
export interface RawOutcome {
  /** `silent`: not within the limit. */
  readonly end: "answered" | "reset" | "closed" | "silent";
  /** The response's message, in hex; empty for none. */
  readonly message: string;
}

/** Name and value as they go over the wire, each character one byte. */
export type RawHeader = readonly [name: string, value: string];

const FRAME = { data: 0, headers: 1, reset: 3, settings: 4, goAway: 7, continuation: 9 } as const;
const END_STREAM = 1;
const END_HEADERS = 4;
const ACKNOWLEDGED = 1;
const LARGEST_FRAME = 16_384;
const LIMIT_MS = 3_000;
const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

/** A unary call with an empty message, in HTTP/2 frames of our own making: Node's client would refuse most of it. */
export function rawCall(address: string, path: string, headers: readonly RawHeader[]): Promise<RawOutcome> {
  const [host = "", port = ""] = address.split(":");
  const socket = connect(Number(port), host);
  const block = Buffer.concat(
    [
      [":method", "POST"] as const,
      [":scheme", "http"] as const,
      [":path", path] as const,
      [":authority", address] as const,
      ["content-type", "application/grpc"] as const,
      ["te", "trailers"] as const,
      ...headers,
    ].map(([name, value]) => Buffer.concat([Buffer.from([0]), hpackText(name), hpackText(value)])),
  );
  socket.write(Buffer.concat([PREFACE, frame(FRAME.settings, 0, 0), ...headerFrames(block)]));
  socket.write(frame(FRAME.data, END_STREAM, 1, Buffer.alloc(5)));
  return new Promise((resolve) => {
    let received: Buffer = Buffer.alloc(0);
    let message = "";
    const finish = (end: RawOutcome["end"]): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ end, message });
    };
    const timer = setTimeout(() => finish("silent"), LIMIT_MS);
    socket.on("error", () => {});
    socket.on("close", () => finish("closed"));
    socket.on("data", (chunk) => {
      received = Buffer.concat([received, chunk]);
      for (let size = sizeOfFirst(received); size <= received.length; size = sizeOfFirst(received)) {
        const [type, flags, stream] = [received[3], received[4] ?? 0, received.readUInt32BE(5)];
        const payload = received.subarray(9, size);
        received = received.subarray(size);
        if (type === FRAME.settings && flags !== ACKNOWLEDGED)
          socket.write(frame(FRAME.settings, ACKNOWLEDGED, 0));
        if (type === FRAME.data) message += payload.toString("hex");
        if (type === FRAME.goAway) finish("closed");
        else if (stream === 1 && type === FRAME.reset) finish("reset");
        else if (stream === 1 && type !== FRAME.data && (flags & END_STREAM) !== 0) finish("answered");
      }
    });
  });
}

/** Infinity while the frame's head has not arrived. */
function sizeOfFirst(received: Buffer): number {
  return received.length < 9 ? Number.POSITIVE_INFINITY : 9 + received.readUIntBE(0, 3);
}

function headerFrames(block: Buffer): Buffer[] {
  const frames: Buffer[] = [];
  for (let at = 0; at < block.length; at += LARGEST_FRAME) {
    const part = block.subarray(at, at + LARGEST_FRAME);
    const flags = at + LARGEST_FRAME >= block.length ? END_HEADERS : 0;
    frames.push(frame(at === 0 ? FRAME.headers : FRAME.continuation, flags, 1, part));
  }
  return frames;
}

function frame(type: number, flags: number, stream: number, payload: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** A string of HPACK (RFC 7541), without Huffman's code. */
function hpackText(text: string): Buffer {
  const bytes = Buffer.from(text, "latin1");
  const length: number[] = [Math.min(bytes.length, 127)];
  if (bytes.length >= 127) {
    let rest = bytes.length - 127;
    for (; rest >= 128; rest = Math.floor(rest / 128)) length.push((rest % 128) + 128);
    length.push(rest);
  }
  return Buffer.concat([Buffer.from(length), bytes]);
}
