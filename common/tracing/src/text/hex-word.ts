/** Eight hex digits of either case as a signed 32-bit word, without a string in between. */
export function hexWord(text: string, start: number): number {
  let word = 0;
  for (let index = start; index < start + 8; index++) {
    const code = text.charCodeAt(index);
    // Without a branch, which would be guessed wrong at every third digit: letters have bit 6 and begin at 1.
    word = (word << 4) | ((code & 15) + (code >> 6) * 9);
  }
  return word;
}
