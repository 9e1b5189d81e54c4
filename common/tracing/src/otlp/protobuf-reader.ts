import { WireType } from "./wire-type.ts";

/** Walks through the fields of one protobuf message, without copying. Throws where a message is cut or has groups. */
export class ProtobufReader {
  readonly #buffer: Buffer;
  readonly #end: number;
  #position: number;
  #valueAt = 0;
  #valueEnd = 0;
  /** Number and wire type of the field that was read last. */
  field = 0;
  type = 0;

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.#buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#position = start;
    this.#end = end;
  }

  /** Goes on to the next field; false at the end. */
  next(): boolean {
    if (this.#position >= this.#end) return false;
    const tag = this.#length();
    this.field = Math.floor(tag / 8);
    this.type = tag % 8;
    const size = this.#sizeOfValue();
    this.#valueAt = this.#position;
    this.#valueEnd = this.#position + size;
    if (this.#valueEnd > this.#end) throw cut();
    this.#position = this.#valueEnd;
    return true;
  }

  /** The value of a varint field, as an unsigned number; exact within the safe integers. */
  number(): number {
    let value = 0;
    let factor = 1;
    for (let at = this.#valueAt; at < this.#valueEnd; at++, factor *= 128)
      value += ((this.#buffer[at] as number) & 127) * factor;
    return value;
  }

  /** The value of a varint field, as a signed 64-bit integer. */
  int64(): number {
    // Only negative numbers take ten bytes.
    if (this.#valueEnd - this.#valueAt < 10) return this.number();
    let value = 0n;
    for (let at = this.#valueEnd - 1; at >= this.#valueAt; at--)
      value = (value << 7n) | BigInt((this.#buffer[at] as number) & 127);
    return Number(BigInt.asIntN(64, value));
  }

  fixed32(): number {
    return this.#buffer.readUInt32LE(this.#valueAt);
  }

  fixed64(): bigint {
    return this.#buffer.readBigUInt64LE(this.#valueAt);
  }

  double(): number {
    return this.#buffer.readDoubleLE(this.#valueAt);
  }

  text(): string {
    return this.#buffer.toString("utf8", this.#valueAt, this.#valueEnd);
  }

  hex(): string {
    return this.#buffer.toString("hex", this.#valueAt, this.#valueEnd);
  }

  /** The message that the field holds. */
  message(): ProtobufReader {
    return new ProtobufReader(this.#buffer, this.#valueAt, this.#valueEnd);
  }

  /** How many bytes the value takes; the position is then at its beginning. */
  #sizeOfValue(): number {
    if (this.type === WireType.lengthDelimited) return this.#length();
    if (this.type === WireType.fixed64) return 8;
    if (this.type === WireType.fixed32) return 4;
    if (this.type !== WireType.varint) throw new Error(`Wire type ${this.type} is not read.`);
    let end = this.#position;
    while (((this.#buffer[end] ?? 0) & 128) !== 0) end++;
    return end + 1 - this.#position;
  }

  #length(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      if (this.#position >= this.#end) throw cut();
      const byte = this.#buffer[this.#position++] as number;
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  }
}

function cut(): Error {
  return new Error("The message ends too early.");
}
