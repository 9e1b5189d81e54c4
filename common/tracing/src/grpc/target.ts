import type { HeaderScope } from "../propagation/index.ts";
import { parseAddress } from "./addresses.ts";
import type { CallTarget } from "./client-call.ts";
import type { GrpcInstrumentation } from "./instrumentation.ts";

/** From the most to the least restrictive. */
const SCOPES: readonly HeaderScope[] = ["none", "sentry-baggage", "all"];

/**
 * What a channel's target means for its calls. A target without a host (a socket path) gets what its text
 * gets; one that lists addresses, what each of them may get.
 */
export function targetOf(
  target: string,
  instrumentation: Pick<GrpcInstrumentation, "headerScopeOf">,
): CallTarget {
  const listed = /^ipv[46]:/.test(target) ? target.split(",") : [target];
  const scopes = listed.map((text) => instrumentation.headerScopeOf(parseAddress(text)?.host ?? text));
  const scope = SCOPES.find((candidate) => scopes.includes(candidate)) ?? "none";
  return { address: parseAddress(target), scope };
}
