import { parseAddress } from "./addresses.ts";
import type { CallTarget } from "./client-call.ts";
import type { GrpcInstrumentation } from "./instrumentation.ts";

/** What a channel's target means for its calls. A target without a host (a socket path) gets what its text gets. */
export function targetOf(
  target: string,
  instrumentation: Pick<GrpcInstrumentation, "headerScopeOf">,
): CallTarget {
  const address = parseAddress(target);
  return { address, scope: instrumentation.headerScopeOf(address?.host ?? target) };
}
