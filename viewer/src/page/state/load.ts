import { useEffect, useState } from "preact/hooks";

/** Something that is being fetched: what came last, or why nothing did. */
export interface Loaded<T> {
  readonly value: T | undefined;
  readonly fault: string | undefined;
}

const PACE_MS = 400;

/**
 * Fetches JSON from the server, again whenever `version` changes, at most a few times a second; while the next answer is
 * under way, the last one of the same address stands.
 */
export function useLoaded<T>(address: string, version: unknown = undefined): Loaded<T> {
  const [loaded, setLoaded] = useState<Loaded<T> & { address: string }>({
    address: "",
    value: undefined,
    fault: undefined,
  });
  const isFirst = loaded.address !== address;
  // The version only says when to fetch again.
  useEffect(() => {
    const gone = new AbortController();
    const load = async () => {
      const answer = await ask<T>(address, gone.signal);
      if (!gone.signal.aborted) setLoaded({ address, ...answer });
    };
    const timer = window.setTimeout(() => void load(), isFirst ? 0 : PACE_MS);
    return () => {
      window.clearTimeout(timer);
      gone.abort();
    };
  }, [address, version]);
  return isFirst ? { value: undefined, fault: undefined } : loaded;
}

async function ask<T>(address: string, signal: AbortSignal): Promise<Loaded<T>> {
  try {
    const response = await fetch(address, { signal });
    const body = await response.json();
    return response.ok
      ? { value: body, fault: undefined }
      : { value: undefined, fault: String(body.detail ?? response.statusText) };
  } catch {
    return { value: undefined, fault: "the viewer does not answer: is it still running?" };
  }
}
