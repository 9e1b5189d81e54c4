/**
 * A matcher of a glob: `*` is any run of characters, `?` any one. Takes time in proportion to both lengths,
 * whatever the glob.
 */
export function compileKeyGlob(glob: string): (text: string) => boolean {
  return (text) => {
    let at = 0;
    let from = 0;
    let star = -1;
    let retry = 0;
    while (from < text.length) {
      const wanted = glob[at];
      if (wanted === "*") {
        star = at++;
        retry = from;
      } else if (wanted !== undefined && (wanted === "?" || wanted === text[from])) {
        at++;
        from++;
      } else if (star >= 0) {
        // The run behind the last star takes one more.
        at = star + 1;
        from = ++retry;
      } else return false;
    }
    while (glob[at] === "*") at++;
    return at === glob.length;
  };
}
