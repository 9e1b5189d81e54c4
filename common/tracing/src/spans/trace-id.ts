import { hexWord } from "../text/hex-word.ts";

/** A trace id as four 32-bit words, for tables that hold no strings. */
export interface TraceIdWords {
  a: number;
  b: number;
  c: number;
  d: number;
}

/** Reads 32 lower-case hex digits into the words given, so that nothing is allocated. */
export function readTraceId(traceId: string, words: TraceIdWords): TraceIdWords {
  words.a = hexWord(traceId, 0);
  words.b = hexWord(traceId, 8);
  words.c = hexWord(traceId, 16);
  words.d = hexWord(traceId, 24);
  return words;
}
