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
  return text
    .split(",")
    .map((entry) => entry.trim().toLowerCase())
    .filter((entry) => entry !== "")
    .map((entry) => {
      const [name, option, ...rest] = entry.split(";").map((part) => part.trim());
      if (name === undefined || name === "" || /[/@\s]/.test(name) || rest.length > 0) {
        throw new Error(`has "${entry}"; write host names such as ledger.internal or *.internal, or all`);
      }
      if (option !== undefined && option !== "baggage=sentry") {
        throw new Error(`has "${entry}"; the only option of a host is ;baggage=sentry`);
      }
      return { host: name === "all" ? "*" : name, baggage: option === undefined ? "all" : "sentry" };
    });
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
