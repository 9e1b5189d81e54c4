/** Eight lower-case hex digits as a signed 32-bit word, without a string in between. */
export function hexWord(text: string, start: number): number {
  let word = 0;
  for (let index = start; index < start + 8; index++) {
    const code = text.charCodeAt(index);
    word = (word << 4) | (code < 58 ? code - 48 : code - 87);
  }
  return word;
}
