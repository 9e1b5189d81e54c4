import { hexWord } from "../text/hex-word.ts";
import { WireType } from "./wire-type.ts";

/** Strings up to this length are written here. */
const SHORT = 40;
const TWO_TO_32 = 4_294_967_296;

/** Writes protobuf messages into one buffer that grows as needed and is used again and again. */
export class ProtobufWriter {
  #buffer: Buffer;
  #position = 0;

  constructor(bytes = 4_096) {
    this.#buffer = Buffer.allocUnsafeSlow(bytes);
  }

  /** Begins anew, also after a message that was not finished. */
  reset(): void {
    this.#position = 0;
  }

  /** What was written; valid until more is. */
  view(): Uint8Array {
    return this.#buffer.subarray(0, this.#position);
  }

  /** A copy of what was written. */
  take(): Buffer {
    return Buffer.from(this.#buffer.subarray(0, this.#position));
  }

  varint(field: number, value: number): void {
    this.#tag(field, WireType.varint);
    this.#varint(value);
  }

  /** A signed 64-bit integer, within the safe integers. */
  int64(field: number, value: number): void {
    if (value >= 0) {
      this.varint(field, value);
      return;
    }
    this.#tag(field, WireType.varint);
    let rest = BigInt.asUintN(64, BigInt(value));
    this.#reserve(10);
    for (; rest > 127n; rest >>= 7n) this.#buffer[this.#position++] = Number(rest & 127n) | 128;
    this.#buffer[this.#position++] = Number(rest);
  }

  fixed32(field: number, value: number): void {
    this.#tag(field, WireType.fixed32);
    this.#reserve(4);
    this.#position = this.#buffer.writeUInt32LE(value, this.#position);
  }

  /** Nanoseconds since the epoch, from microseconds; exact to 256 ns, the resolution of such a double. */
  time(field: number, microseconds: number): void {
    this.#tag(field, WireType.fixed64);
    this.#reserve(8);
    const nanoseconds = Math.max(0, microseconds) * 1_000;
    const high = Math.floor(nanoseconds / TWO_TO_32);
    this.#buffer.writeUInt32LE(Math.floor(nanoseconds - high * TWO_TO_32), this.#position);
    this.#position = this.#buffer.writeUInt32LE(high, this.#position + 4);
  }

  double(field: number, value: number): void {
    this.#tag(field, WireType.fixed64);
    this.#reserve(8);
    this.#position = this.#buffer.writeDoubleLE(value, this.#position);
  }

  string(field: number, value: string): void {
    if (value.length <= SHORT && this.#shortAscii(field, value)) return;
    const start = this.begin(field);
    this.#reserve(value.length * 3);
    this.#position += this.#buffer.write(value, this.#position, "utf8");
    this.end(start);
  }

  /** Without a call out of JavaScript, which would cost several times as much; false if it is not ASCII. */
  #shortAscii(field: number, value: string): boolean {
    const { length } = value;
    const before = this.#position;
    this.#tag(field, WireType.lengthDelimited);
    this.#reserve(length + 1);
    const buffer = this.#buffer;
    let at = this.#position;
    buffer[at++] = length;
    for (let index = 0; index < length; index++) {
      const code = value.charCodeAt(index);
      if (code > 127) {
        this.#position = before;
        return false;
      }
      buffer[at++] = code;
    }
    this.#position = at;
    return true;
  }

  /**
   * In JavaScript, too: a trace of one span takes 7 % less than with a call out of it.
   *
   * @param value hex digits of either case, eight of them or a multiple.
   */
  hex(field: number, value: string): void {
    this.#tag(field, WireType.lengthDelimited);
    this.#varint(value.length / 2);
    this.#reserve(value.length / 2);
    const buffer = this.#buffer;
    let at = this.#position;
    for (let index = 0; index < value.length; index += 8) {
      const word = hexWord(value, index);
      buffer[at++] = word >>> 24;
      buffer[at++] = word >>> 16;
      buffer[at++] = word >>> 8;
      buffer[at++] = word;
    }
    this.#position = at;
  }

  bytes(field: number, value: Uint8Array): void {
    this.#tag(field, WireType.lengthDelimited);
    this.#varint(value.length);
    this.raw(value);
  }

  /** Bytes that are already protobuf. */
  raw(value: Uint8Array): void {
    this.#reserve(value.length);
    this.#buffer.set(value, this.#position);
    this.#position += value.length;
  }

  /** Opens a message within the message; give what it returns to `end`. */
  begin(field: number): number {
    this.#tag(field, WireType.lengthDelimited);
    this.#reserve(1);
    return this.#position++;
  }

  /** Closes a message. Most are short, so one byte was left for the length; a longer one is moved. */
  end(start: number): void {
    const content = start + 1;
    const length = this.#position - content;
    const extra = varintSize(length) - 1;
    if (extra > 0) {
      this.#reserve(extra);
      this.#buffer.copyWithin(content + extra, content, this.#position);
    }
    this.#position = start;
    this.#varint(length);
    this.#position = content + extra + length;
  }

  #tag(field: number, type: number): void {
    this.#varint(field * 8 + type);
  }

  #varint(value: number): void {
    this.#reserve(10);
    let rest = value;
    while (rest > 127) {
      this.#buffer[this.#position++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    this.#buffer[this.#position++] = rest;
  }

  #reserve(bytes: number): void {
    if (this.#position + bytes <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#buffer.length * 2, this.#position + bytes));
    this.#buffer.copy(larger, 0, 0, this.#position);
    this.#buffer = larger;
  }
}

/** How many bytes a number takes as a varint. */
export function varintSize(value: number): number {
  let size = 1;
  for (let rest = value; rest > 127; rest = Math.floor(rest / 128)) size++;
  return size;
}
