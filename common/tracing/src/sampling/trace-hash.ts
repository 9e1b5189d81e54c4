/** A key of two 32-bit words. */
export type HashKey = readonly [number, number];

/** The key that all processes share, so that each makes the same choice for the same trace. */
export const SHARED_KEY: HashKey = [0x7472_6163, 0x656b_6565];

/**
 * Where a trace stands between 0 (included) and 1 (excluded): HalfSipHash-2-4 of the whole trace id.
 * The whole id is hashed because ids from elsewhere need not be random in any part of them; with a
 * secret key the place cannot be foreseen.
 *
 * @param traceId 32 lower-case hex digits.
 */
export function traceDraw(traceId: string, key: HashKey): number {
  let v0 = key[0] | 0;
  let v1 = (key[1] ^ 0xee) | 0;
  let v2 = 0x6c79_6765 ^ key[0];
  let v3 = 0x7465_6462 ^ key[1];

  const round = (): void => {
    v0 = (v0 + v1) | 0;
    v1 = rotate(v1, 5) ^ v0;
    v0 = rotate(v0, 16);
    v2 = (v2 + v3) | 0;
    v3 = rotate(v3, 8) ^ v2;
    v0 = (v0 + v3) | 0;
    v3 = rotate(v3, 7) ^ v0;
    v2 = (v2 + v1) | 0;
    v1 = rotate(v1, 13) ^ v2;
    v2 = rotate(v2, 16);
  };
  const absorb = (word: number): void => {
    v3 ^= word;
    round();
    round();
    v0 ^= word;
  };

  for (let at = 0; at < 32; at += 8) absorb(Number.parseInt(traceId.slice(at, at + 8), 16) | 0);
  absorb(16 << 24);
  v2 ^= 0xee;
  for (let i = 0; i < 4; i++) round();
  const high = (v1 ^ v3) >>> 0;
  v1 ^= 0xdd;
  for (let i = 0; i < 4; i++) round();
  const low = (v1 ^ v3) >>> 0;
  return (high * 2 ** 21 + (low >>> 11)) / 2 ** 53;
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
