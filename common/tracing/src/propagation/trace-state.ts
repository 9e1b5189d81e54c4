import { fromThreshold, toThreshold } from "../sampling/probability.ts";

const MOST_MEMBERS = 32;
const LONGEST = 512;
const MEMBER =
  /^[a-z0-9][a-z0-9_\-*/@]{0,255}=[\x21-\x2b\x2d-\x3c\x3e-\x7e][\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}$/;

/** Joins the values of a `tracestate` header (W3C Trace Context); members that are not valid are left out. */
export function parseTraceState(values: readonly string[]): string {
  const members = values
    .join(",")
    .slice(0, LONGEST * 4)
    .split(",")
    .map((member) => member.trim())
    .filter((member) => MEMBER.test(member))
    .slice(0, MOST_MEMBERS);
  while (members.length > 0 && members.join(",").length > LONGEST) members.pop();
  return members.join(",");
}

/** The sampling probability in the `ot` member, if it has one. */
export function probabilityOf(traceState: string): number | undefined {
  const threshold = /(?:^|,)ot=(?:[^,]*;)?th:([0-9a-f]+)/.exec(traceState)?.[1];
  return threshold === undefined ? undefined : fromThreshold(threshold);
}

/** The header with our `ot` member in front, in place of any other. */
export function withProbability(traceState: string, probability: number): string {
  const others = traceState.split(",").filter((member) => member !== "" && !member.startsWith("ot="));
  return [`ot=th:${toThreshold(probability)}`, ...others].slice(0, MOST_MEMBERS).join(",");
}
