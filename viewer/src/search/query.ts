import { type DurationBound, durationBoundOf } from "./duration.ts";
import { type Pattern, patternOf } from "./pattern.ts";
import { type Token, tokensOf } from "./tokens.ts";

/** What one span has to be like. */
export type SpanTerm =
  | { readonly of: "service" | "method" | "code"; readonly fits: Pattern }
  | { readonly of: "attribute"; readonly key: string; readonly fits: Pattern };

/** What the whole trace has to be like. */
export type TraceTerm =
  | { readonly of: "status"; readonly status: string }
  | { readonly of: "environment" | "reason"; readonly fits: Pattern }
  | { readonly of: "duration"; readonly bound: DurationBound }
  | { readonly of: "id"; readonly prefix: string }
  | { readonly of: "text"; readonly fits: Pattern; readonly prefix: string };

/** A search, compiled. */
export interface Query {
  /** All of a group have to hold of one and the same span. */
  readonly spans: readonly (readonly SpanTerm[])[];
  /** None may hold of any span. */
  readonly noSpan: readonly SpanTerm[];
  readonly trace: readonly { readonly negated: boolean; readonly term: TraceTerm }[];
  /** What cannot be understood, and what to write instead. */
  readonly faults: readonly string[];
}

const STATUSES = ["failed", "errors", "ok"];

/**
 * Compiles a search such as `service:ledger method:Create* status:failed duration:>100ms account.currency=EUR "no money"`.
 * `status:` takes failed, errors (calls that failed and were coped with), ok, or a code such as UNAVAILABLE or 503.
 * Other words are looked for in names, messages, attributes and ids. A minus before a word excludes.
 * `service:gateway & service:ledger` looks for traces with a span of each: what stands between two `&` is about one span.
 */
export function parseQuery(text: string): Query {
  const spans: SpanTerm[][] = [];
  let span: SpanTerm[] = [];
  const noSpan: SpanTerm[] = [];
  const trace: Query["trace"][number][] = [];
  const faults: string[] = [];
  for (const token of tokensOf(text)) {
    if (token.separator === "&") {
      spans.push(span);
      span = [];
      continue;
    }
    const spanTerm = spanTermOf(token);
    if (spanTerm) {
      (token.negated ? noSpan : span).push(spanTerm);
      continue;
    }
    const term = traceTermOf(token);
    if (typeof term === "string") faults.push(term);
    else trace.push({ negated: token.negated, term });
  }
  return { spans: [...spans, span], noSpan, trace, faults };
}

function spanTermOf({ key, separator, value }: Token): SpanTerm | undefined {
  if (separator === "=") return { of: "attribute", key, fits: exactly(value) };
  switch (key) {
    case "service":
    case "method":
      return { of: key, fits: patternOf(value) };
    case "status":
      return STATUSES.includes(value.toLowerCase()) ? undefined : { of: "code", fits: exactly(value) };
    default:
      return undefined;
  }
}

function exactly(value: string): Pattern {
  if (value.includes("*")) return patternOf(value);
  const wanted = value.toLowerCase();
  return (text) => text.toLowerCase() === wanted;
}

function traceTermOf({ key, separator, value }: Token): TraceTerm | string {
  switch (key) {
    case "status":
      return { of: "status", status: value.toLowerCase() };
    case "env":
    case "environment":
      return { of: "environment", fits: exactly(value) };
    case "reason":
      return { of: "reason", fits: exactly(value) };
    case "duration": {
      const bound = durationBoundOf(value);
      return bound
        ? { of: "duration", bound }
        : `duration:${value} is no duration: write duration:>100ms, or <, >=, <= and us, ms or s`;
    }
    case "id":
      return { of: "id", prefix: value.toLowerCase() };
    default: {
      const plain = `${key}${separator}${value}`;
      return { of: "text", fits: patternOf(plain), prefix: plain.toLowerCase() };
    }
  }
}
