/** Longest key that is looked at, kept and remembered, in UTF-16 code units. */
export const LONGEST_KEY = 256;

const CACHE_SIZE = 2_048;

/** Remembers what `read` says of a key. Keys repeat; where they do not, the cache begins anew rather than grow. */
export function cachedByKey<T extends object>(read: (key: string) => T): (key: string) => T {
  const known = new Map<string, T>();
  let lastKey: string | undefined;
  let last: T | undefined;
  return (key) => {
    // One attribute asks twice.
    if (key === lastKey && last !== undefined) return last;
    let answer = known.get(key);
    if (answer === undefined) {
      answer = read(key);
      // A key of some megabytes is not worth its place.
      if (key.length > LONGEST_KEY) return answer;
      if (known.size >= CACHE_SIZE) known.clear();
      known.set(key, answer);
    }
    lastKey = key;
    last = answer;
    return answer;
  };
}
