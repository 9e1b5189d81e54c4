import { compileGlob } from "../text/glob.ts";
import { parseRate } from "../text/rate.ts";

/** `never` makes no span at all; a number is the share of new traces, 1 being `always`. */
export type MethodVerdict = "never" | number;

/** What is to be done with the methods that a glob matches, such as `ledger.v1.LedgerService/Get*`. */
export interface MethodRule {
  readonly glob: string;
  readonly verdict: MethodVerdict;
}

/**
 * Health checks, manifests and reflection: asked for often, seldom worth a trace. Packages are part of the names,
 * since a `PatientHealthService` or a shipping line's `ManifestService` does a service's own work.
 */
export const BUILT_IN_METHOD_RULES: readonly MethodRule[] = [
  { glob: "grpc.health.*/*", verdict: "never" },
  { glob: "health.v*.HealthService/*", verdict: "never" },
  { glob: "*.health.v*.HealthService/*", verdict: "never" },
  { glob: "manifest.v*.ManifestService/*", verdict: "never" },
  { glob: "*.manifest.v*.ManifestService/*", verdict: "never" },
  { glob: "grpc.reflection.*/*", verdict: "never" },
  { glob: "tracekeep.v1.Recall/*", verdict: "never" },
];

/**
 * Reads `glob=verdict` pairs separated by commas; a verdict is `never`, `always` or a rate.
 * A `*` stands for any run of characters. Throws an Error that names the pair at fault.
 */
export function parseMethodRules(text: string): MethodRule[] {
  return text
    .split(",")
    .map((pair) => pair.trim())
    .filter((pair) => pair !== "")
    .map(parseRule);
}

function parseRule(pair: string): MethodRule {
  const at = pair.lastIndexOf("=");
  const glob = pair.slice(0, Math.max(at, 0)).trim().replace(/^\//, "");
  if (glob === "") throw new Error(`has "${pair}"; write METHOD=never, METHOD=always or METHOD=RATE`);
  const verdict = pair.slice(at + 1).trim();
  if (verdict === "never") return { glob, verdict };
  if (verdict === "always") return { glob, verdict: 1 };
  try {
    return { glob, verdict: parseRate(verdict) };
  } catch (fault) {
    throw new Error(`has "${pair}", whose rate ${(fault as Error).message}, or never, or always`);
  }
}

/**
 * Turns the rules into one function of the full method name (`package.Service/Method`); first match wins. A glob
 * without a slash that matches a service's name counts for all its methods.
 */
export function compileMethodRules(
  rules: readonly MethodRule[],
): (method: string) => MethodVerdict | undefined {
  const compiled = rules.map(({ glob, verdict }) => {
    const matches = compileGlob(glob);
    if (glob.includes("/")) return { matches, verdict };
    return { matches: (method: string) => matches(method) || matches(serviceOf(method)), verdict };
  });
  return (method) => compiled.find(({ matches }) => matches(method))?.verdict;
}

function serviceOf(method: string): string {
  return method.slice(0, Math.max(method.lastIndexOf("/"), 0));
}
