import { status as Status } from "@grpc/grpc-js";
import { compileGlob } from "../text/glob.ts";
import { TracekeepError } from "../tracekeep-error.ts";
import { isFault } from "./status.ts";

/**
 * What a status means.
 *
 * - `failure`: something broke: the span is an error, the trace counts as failed, Sentry gets an issue.
 * - `error`: the call did not succeed: the span is an error, and that is all.
 * - `answer`: as good as OK.
 */
export type StatusMeaning = "failure" | "error" | "answer";

/** The name of a gRPC status code. */
export type StatusName = keyof typeof Status;

/** Changes what some statuses of some methods mean, such as the planned deadline of a stream. */
export interface StatusRule {
  /** A glob of full method names, as in `TRACE_METHOD_RULES`; default all. */
  readonly method?: string;
  /** The side of the call whose span is meant; default both. */
  readonly side?: "server" | "client";
  readonly codes: readonly StatusName[];
  readonly meaning: StatusMeaning;
}

/** What the statuses of one method mean, on each side of a call. */
export interface StatusMeanings {
  readonly server: (code: number) => StatusMeaning;
  readonly client: (code: number) => StatusMeaning;
}

/** OpenTelemetry's conventions: to a client every status but OK is an error, to a server only its own faults are. */
const DEFAULT_MEANINGS: StatusMeanings = {
  server: (code) => (isFault(code) ? "failure" : "answer"),
  client: (code) => (isFault(code) ? "failure" : code === Status.OK ? "answer" : "error"),
};

const MEANINGS: readonly string[] = ["failure", "error", "answer"];

/**
 * Compiles the rules, of which the first that matches counts, before OpenTelemetry's conventions.
 *
 * @throws TracekeepError `INVALID_ARGUMENT` for a status or a meaning that does not exist.
 */
export function compileStatusRules(rules: readonly StatusRule[]): (method: string) => StatusMeanings {
  const compiled = rules.map((rule) => ({
    ...rule,
    matches: compileGlob(rule.method ?? "*"),
    numbers: numbersOf(rule),
  }));
  return (method) => {
    const own = compiled.filter(({ matches }) => matches(method));
    if (own.length === 0) return DEFAULT_MEANINGS;
    const meaningOn = (side: "server" | "client") => {
      const table = new Map<number, StatusMeaning>();
      for (const rule of own.toReversed()) {
        if (rule.side !== undefined && rule.side !== side) continue;
        for (const code of rule.numbers) table.set(code, rule.meaning);
      }
      return (code: number): StatusMeaning => table.get(code) ?? DEFAULT_MEANINGS[side](code);
    };
    return { server: meaningOn("server"), client: meaningOn("client") };
  };
}

function numbersOf({ codes, meaning }: StatusRule): number[] {
  if (!MEANINGS.includes(meaning)) {
    throw new TracekeepError(
      "INVALID_ARGUMENT",
      `A status rule has the meaning "${meaning}"; write one of ${MEANINGS.join(", ")}.`,
    );
  }
  return codes.map((name) => {
    const code: unknown = Status[name];
    if (typeof code === "number") return code;
    throw new TracekeepError(
      "INVALID_ARGUMENT",
      `A status rule names "${name}", which is no gRPC status; write one such as NOT_FOUND.`,
    );
  });
}
