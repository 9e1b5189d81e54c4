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
  // The state is in local variables and the round stands here once: as functions over an array it took four times as long.
  let a = key[0] | 0;
  let b = key[1] ^ 0xee;
  let c = 0x6c79_6765 ^ key[0];
  let d = 0x7465_6462 ^ key[1];
  let high = 0;
  for (let turn = 0; turn < TURNS; turn++) {
    const word = turn < WORDS ? hexWord(traceId, turn * 8) : turn === WORDS ? LENGTH : 0;
    d ^= word;
    if (turn === HIGH) c ^= 0xee;
    else if (turn === LOW) b ^= 0xdd;
    for (let rounds = turn < HIGH ? 2 : 4; rounds > 0; rounds--) {
      a = (a + b) | 0;
      b = rotate(b, 5) ^ a;
      a = rotate(a, 16);
      c = (c + d) | 0;
      d = rotate(d, 8) ^ c;
      a = (a + d) | 0;
      d = rotate(d, 7) ^ a;
      c = (c + b) | 0;
      b = rotate(b, 13) ^ c;
      c = rotate(c, 16);
    }
    a ^= word;
    if (turn === HIGH) high = (b ^ d) >>> 0;
  }
  const low = (b ^ d) >>> 0;
  return (high * 2 ** 21 + (low >>> 11)) / 2 ** 53;
}

/** The turns of the hash: a trace id's four words, its length, and the two halves of the result. */
const WORDS = 4;
const HIGH = 5;
const LOW = 6;
const TURNS = 7;
/** 16 bytes, in the last word's highest byte. */
const LENGTH = 16 << 24;

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
