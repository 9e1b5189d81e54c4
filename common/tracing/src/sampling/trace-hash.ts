import { hexWord } from "../text/hex-word.ts";

/** A key of two 32-bit words. */
export type HashKey = readonly [number, number];

/** The key that all processes share, so that each makes the same choice for the same trace. */
export const SHARED_KEY: HashKey = [0x7472_6163, 0x656b_6565];

/** By it those of the failed traces are chosen that the limit lets through, whichever are sampled. */
export const KEEP_KEY: HashKey = [0x6b65_6570, 0x7472_6163];

/**
 * Where a trace stands between 0 (included) and 1 (excluded): HalfSipHash-2-4 of the whole trace id.
 * The whole id is hashed because ids from elsewhere need not be random in any part of them; with a
 * secret key the place cannot be foreseen.
 *
 * @param traceId 32 lower-case hex digits.
 */
export function traceDraw(traceId: string, key: HashKey): number {
  v[0] = key[0];
  v[1] = key[1] ^ 0xee;
  v[2] = 0x6c79_6765 ^ key[0];
  v[3] = 0x7465_6462 ^ key[1];
  for (let at = 0; at < 32; at += 8) absorb(hexWord(traceId, at));
  absorb(16 << 24);
  const high = squeeze(0xee, 2);
  const low = squeeze(0xdd, 1);
  return (high * 2 ** 21 + (low >>> 11)) / 2 ** 53;
}

/** The hash's state; one for all calls, since none of them waits. */
const v = new Int32Array(4);

function absorb(word: number): void {
  v[3] = at(3) ^ word;
  round();
  round();
  v[0] = at(0) ^ word;
}

/** Finishes one 32-bit half of the result. */
function squeeze(mark: number, word: 1 | 2): number {
  v[word] = at(word) ^ mark;
  for (let i = 0; i < 4; i++) round();
  return (at(1) ^ at(3)) >>> 0;
}

function round(): void {
  v[0] = at(0) + at(1);
  v[1] = rotate(at(1), 5) ^ at(0);
  v[0] = rotate(at(0), 16);
  v[2] = at(2) + at(3);
  v[3] = rotate(at(3), 8) ^ at(2);
  v[0] = at(0) + at(3);
  v[3] = rotate(at(3), 7) ^ at(0);
  v[2] = at(2) + at(1);
  v[1] = rotate(at(1), 13) ^ at(2);
  v[2] = rotate(at(2), 16);
}

function at(index: 0 | 1 | 2 | 3): number {
  return v[index] as number;
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
