import { compileGlob } from "../text/glob.ts";

/** A host (glob) that trace headers are sent to, and whether it gets all baggage or Sentry's members only. */
export interface PropagationTarget {
  readonly host: string;
  readonly baggage: "all" | "sentry";
}

/** What a request to some host may carry. */
export type HeaderScope = "none" | "sentry-baggage" | "all";

/**
 * Reads `all` or hosts separated by commas. A host is a name, an address or a glob (`*.internal`),
 * without a port; `;baggage=sentry` behind it keeps baggage of other members away from it.
 */
export function parsePropagationTargets(text: string): PropagationTarget[] {
  const entries = text
    .split(",")
    .map((entry) => entry.trim().toLowerCase())
    .filter((entry) => entry !== "");
  if (entries.length === 0) throw new Error(`has no host in it; ${WHAT_TO_WRITE}`);
  return entries.map((entry) => {
    const [name = "", option, ...rest] = entry.split(";").map((part) => part.trim());
    // Hosts come without brackets from the channels, whatever the address looked like in the target.
    const host = name.replace(/^\[([^[\]]*)\]$/, "$1");
    const withoutPort = withoutPortOf(host);
    if (withoutPort !== undefined) {
      throw new Error(`has "${entry}" with a port; targets are hosts, so leave it out: "${withoutPort}"`);
    }
    if (host === "" || /[/@\s[\]]/.test(host) || rest.length > 0) {
      throw new Error(`has "${entry}"; ${WHAT_TO_WRITE}`);
    }
    if (option !== undefined && option !== "baggage=sentry") {
      throw new Error(`has "${entry}"; the only option of a host is ;baggage=sentry`);
    }
    return { host: host === "all" ? "*" : host, baggage: option === undefined ? "all" : "sentry" };
  });
}

const WHAT_TO_WRITE = "write host names such as ledger.internal or *.internal, or all";

/** The host if a port stands behind it, which no host has; an IPv6 address has more colons than one, and `fe80:*` is one, too. */
function withoutPortOf(name: string): string | undefined {
  return /^(?:\[([^[\]]+)\]|(?![\da-f]+:\*$)([^:/@\s[\]]+)):(?:\d*|\*)$/.exec(name)?.slice(1).join("");
}

/** Turns the targets into one function of a host name; the first target that matches decides. */
export function compileTargets(targets: readonly PropagationTarget[]): (host: string) => HeaderScope {
  const compiled = targets.map(({ host, baggage }) => ({
    matches: compileGlob(host),
    scope: (baggage === "all" ? "all" : "sentry-baggage") as HeaderScope,
  }));
  return (host) => {
    const lower = host.toLowerCase();
    return compiled.find(({ matches }) => matches(lower))?.scope ?? "none";
  };
}
