import type { AttributeValue, SpanNode } from "tracekeep-viewer";

/** Which spans are meant; what is left out may be anything. A text alone is the span's whole name. */
export type SpanMatch = string | RegExp | SpanDescription;

export interface SpanDescription {
  /** Whole, or a pattern. For an RPC the full method name, such as `ledger.v1.LedgerService/Post`. */
  readonly name?: string | RegExp;
  /** The service that made the span. */
  readonly service?: string | RegExp;
  readonly kind?: "internal" | "server" | "client" | "producer" | "consumer";
  readonly status?: "unset" | "ok" | "error";
  readonly statusMessage?: string | RegExp;
  /** These attributes with these values, beside any others; texts may be given by a pattern. */
  readonly attributes?: Readonly<Record<string, AttributeValue | RegExp>>;
}

/** What does not fit, in words; empty if the span is meant. */
export function mismatches({ span }: SpanNode, match: SpanMatch): string[] {
  const wanted = describe(match);
  const found: string[] = [];
  for (const key of ["name", "service", "kind", "status", "statusMessage"] as const) {
    const value = wanted[key];
    if (value !== undefined && !fits(span[key], value))
      found.push(`${key} is ${show(span[key])}, not ${show(value)}`);
  }
  for (const [key, value] of Object.entries(wanted.attributes ?? {})) {
    const own = span.attributes[key];
    if (own === undefined) found.push(`it has no attribute ${key}`);
    else if (!fits(own, value)) found.push(`attribute ${key} is ${show(own)}, not ${show(value)}`);
  }
  return found;
}

/** The match in words: `name "a/B" and status "error"`. */
export function inWords(match: SpanMatch): string {
  const { attributes = {}, ...fields } = describe(match);
  const parts = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key} ${show(value)}`);
  const pairs = Object.entries(attributes).map(([key, value]) => `attribute ${key} ${show(value)}`);
  return [...parts, ...pairs].join(" and ") || "any name";
}

function describe(match: SpanMatch): SpanDescription {
  return typeof match === "string" || match instanceof RegExp ? { name: match } : match;
}

function fits(value: AttributeValue, wanted: AttributeValue | RegExp): boolean {
  // A copy, since a pattern with the flag g remembers where it was.
  if (wanted instanceof RegExp) return typeof value === "string" && new RegExp(wanted).test(value);
  return show(value) === show(wanted);
}

function show(value: unknown): string {
  if (value instanceof RegExp || typeof value === "bigint") return String(value);
  return JSON.stringify(value, (_, part) => (typeof part === "bigint" ? String(part) : part));
}
