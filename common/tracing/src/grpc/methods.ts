import type { MethodVerdict } from "../sampling/index.ts";
import type { Sanitizer } from "../sanitize/index.ts";
import type { AttributeBlock } from "../spans/index.ts";
import { rpcBlock } from "./rpc-attributes.ts";
import type { StatusMeanings } from "./status-rules.ts";

/** What is known of a method before it is called, worked out once. */
export interface Method {
  /** Name of the span and value of `rpc.method`: `package.Service/Method`. */
  readonly name: string;
  /** `package.Service`. */
  readonly service: string;
  readonly verdict: MethodVerdict | undefined;
  readonly meanings: StatusMeanings;
  /** What every span of its calls says. */
  readonly blocks: { readonly server: AttributeBlock; readonly client: AttributeBlock };
}

/** Far more than a program has; names that come from the wire by some proxy end here. */
const MOST_METHODS = 2_000;
/** OpenTelemetry's name for methods that are not known beforehand. */
const OTHER = describe("_OTHER", "_OTHER");

function describe(name: string, service: string): Pick<Method, "name" | "service" | "blocks"> {
  const server = rpcBlock("rpc.server", name, service);
  return { name, service, blocks: { server, client: rpcBlock("rpc.client", name, service) } };
}

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
    if (known.size >= MOST_METHODS || raw.length > 256) return { ...OTHER, ...rules };
    const name = sanitizer.text(raw);
    const method: Method = { ...describe(name, name.slice(0, Math.max(name.lastIndexOf("/"), 0))), ...rules };
    known.set(path, method);
    return method;
  };
}
