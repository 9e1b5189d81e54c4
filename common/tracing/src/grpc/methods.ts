import type { MethodVerdict } from "../sampling/index.ts";

/** What is known of a method before it is called, worked out once. */
export interface Method {
  /** Name of the span and value of `rpc.method`: `package.Service/Method`. */
  readonly name: string;
  /** `package.Service`. */
  readonly service: string;
  readonly verdict: MethodVerdict | undefined;
}

/** Far more than a program has; names that come from the wire by some proxy end here. */
const MOST_METHODS = 2_000;
/** OpenTelemetry's name for methods that are not known beforehand. */
const OTHER = "_OTHER";

/** Looks methods up by their path (`/package.Service/Method`); bounded, whatever paths are asked for. */
export function createMethods(
  verdictOf: (name: string) => MethodVerdict | undefined,
): (path: string) => Method {
  const known = new Map<string, Method>();
  return (path) => {
    const cached = known.get(path);
    if (cached !== undefined) return cached;
    const name = path.startsWith("/") ? path.slice(1) : path;
    const verdict = verdictOf(name);
    if (known.size >= MOST_METHODS || name.length > 256) return { name: OTHER, service: OTHER, verdict };
    const method: Method = { name, service: name.slice(0, Math.max(name.lastIndexOf("/"), 0)), verdict };
    known.set(path, method);
    return method;
  };
}
