import { randomFillSync } from "node:crypto";

const POOL = Buffer.allocUnsafeSlow(8_192);
let used = POOL.length;

function randomHex(bytes: number): string {
  if (used + bytes > POOL.length) {
    randomFillSync(POOL);
    used = 0;
  }
  const hex = POOL.toString("hex", used, used + bytes);
  used += bytes;
  return hex;
}

/** A random trace id, 16 bytes in lower-case hex, never all zero (W3C Trace Context). */
export function newTraceId(): string {
  const id = randomHex(16);
  return id === "00000000000000000000000000000000" ? newTraceId() : id;
}

/** A random span id, 8 bytes in lower-case hex, never all zero (W3C Trace Context). */
export function newSpanId(): string {
  const id = randomHex(8);
  return id === "0000000000000000" ? newSpanId() : id;
}
