import { createSocket } from "node:dgram";
import { once } from "node:events";

/** A name server of its own, on one port of a host. */
export interface NameServer extends AsyncDisposable {
  /** `HOST:PORT` */
  readonly address: string;
}

const HEADER_BYTES = 12;
/** A response, to a question that asked for recursion, without an error. */
const FLAGS = 0x8180;
const TYPE_A = 1;
const CLASS_IN = 1;
/** A pointer to the question's name. */
const SAME_NAME = 0xc000 | HEADER_BYTES;
/** Nobody is to remember an answer. */
const TTL_SECONDS = 0;

/** Answers questions for the IPv4 addresses of a name (RFC 1035): those that it has at that moment. */
export async function startNameServer(
  host: string,
  addressesOf: (name: string) => readonly string[],
): Promise<NameServer> {
  const socket = createSocket("udp4");
  socket.on("message", (message, { port, address }) => {
    socket.send(answer(message, addressesOf), port, address);
  });
  socket.bind(0, host);
  await once(socket, "listening");
  return {
    address: `${host}:${socket.address().port}`,
    async [Symbol.asyncDispose]() {
      socket.close();
      await once(socket, "close");
    },
  };
}

function answer(message: Buffer, addressesOf: (name: string) => readonly string[]): Buffer {
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let length = message[at] ?? 0; length > 0; length = message[at] ?? 0) {
    labels.push(message.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  const type = message.readUInt16BE(at + 1);
  const question = message.subarray(HEADER_BYTES, at + 5);
  const addresses = type === TYPE_A ? addressesOf(labels.join(".")) : [];
  const header = Buffer.alloc(HEADER_BYTES);
  [message.readUInt16BE(0), FLAGS, 1, addresses.length].forEach((value, index) => {
    header.writeUInt16BE(value, 2 * index);
  });
  return Buffer.concat([header, question, ...addresses.map(record)]);
}

function record(address: string): Buffer {
  const bytes = Buffer.alloc(16);
  [SAME_NAME, TYPE_A, CLASS_IN, 0, TTL_SECONDS, 4].forEach((value, index) => {
    bytes.writeUInt16BE(value, 2 * index);
  });
  bytes.set(address.split(".").map(Number), 12);
  return bytes;
}
