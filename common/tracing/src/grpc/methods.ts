import type { MethodVerdict } from "../sampling/index.ts";
import type { Sanitizer } from "../sanitize/index.ts";
import type { StatusMeanings } from "./status-rules.ts";

/** What is known of a method before it is called, worked out once. */
export interface Method {
  /** Name of the span and value of `rpc.method`: `package.Service/Method`. */
  readonly name: string;
  /** `package.Service`. */
  readonly service: string;
  readonly verdict: MethodVerdict | undefined;
  readonly meanings: StatusMeanings;
}

/** Far more than a program has; names that come from the wire by some proxy end here. */
const MOST_METHODS = 2_000;
/** OpenTelemetry's name for methods that are not known beforehand. */
const OTHER = "_OTHER";

/** Looks methods up by their path (`/package.Service/Method`); bounded, whatever paths are asked for. */
export function createMethods(
  verdictOf: (name: string) => MethodVerdict | undefined,
  meaningsOf: (name: string) => StatusMeanings,
  sanitizer: Sanitizer,
): (path: string) => Method {
  const known = new Map<string, Method>();
  return (path) => {
    const cached = known.get(path);
    if (cached !== undefined) return cached;
    const raw = path.startsWith("/") ? path.slice(1) : path;
    const rules = { verdict: verdictOf(raw), meanings: meaningsOf(raw) };
    const name = sanitizer.text(raw);
    if (known.size >= MOST_METHODS || raw.length > 256) return { name: OTHER, service: OTHER, ...rules };
    const method: Method = { name, service: name.slice(0, Math.max(name.lastIndexOf("/"), 0)), ...rules };
    known.set(path, method);
    return method;
  };
}
