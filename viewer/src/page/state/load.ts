import { useEffect, useRef, useState } from "preact/hooks";
import { paced } from "./paced.ts";

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
  const refresh = useRef(() => {});
  useEffect(() => {
    const gone = new AbortController();
    const load = async () => {
      const answer = await ask<T>(address, gone.signal);
      if (!gone.signal.aborted) setLoaded({ address, ...answer });
    };
    refresh.current = paced(load, PACE_MS, gone.signal);
    return () => gone.abort();
  }, [address]);
  // The version only says when to fetch again: what is under way goes on, or nothing would arrive while it keeps changing.
  useEffect(() => refresh.current(), [address, version]);
  return loaded.address === address ? loaded : { value: undefined, fault: undefined };
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
