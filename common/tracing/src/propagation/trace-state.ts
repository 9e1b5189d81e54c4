import { fromThreshold, toThreshold } from "../sampling/probability.ts";

const MOST_MEMBERS = 32;
const LONGEST = 512;
const MEMBER =
  /^[a-z0-9][a-z0-9_\-*/@]{0,255}=[\x21-\x2b\x2d-\x3c\x3e-\x7e][\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}$/;

/** Joins the values of a `tracestate` header (W3C Trace Context); members that are not valid are left out. */
export function parseTraceState(values: readonly string[]): string {
  if (values.length === 0) return "";
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

/** The header with the `ot` member in front and this probability first in it; whatever else it says stays. */
export function withProbability(traceState: string, probability: number): string {
  const members = traceState.split(",").filter((member) => member !== "");
  const others = members.filter((member) => !member.startsWith("ot="));
  const rest = (members.find((member) => member.startsWith("ot=")) ?? "ot=")
    .slice("ot=".length)
    .split(";")
    .filter((field) => field !== "" && !field.startsWith("th:"));
  const own = [`th:${toThreshold(probability)}`, ...rest].join(";");
  return [`ot=${own}`, ...others].slice(0, MOST_MEMBERS).join(",");
}
