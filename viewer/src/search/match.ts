import { keepingOf } from "../analysis/keeping.ts";
import { outcomeOf } from "../render/outcome.ts";
import { type AttributeValue, textOf } from "../trace/attributes.ts";
import { statusOfTrace } from "../trace/failure.ts";
import type { SpanRecord } from "../trace/span.ts";
import type { Trace } from "../trace/trace.ts";
import { isWithin } from "./duration.ts";
import type { Pattern } from "./pattern.ts";
import type { Query, SpanTerm, TraceTerm } from "./query.ts";

/** Whether a trace is what a search looks for. */
export function matches(trace: Trace, { spans: groups, noSpan, trace: traceTerms }: Query): boolean {
  const spans = trace.nodes.map((node) => node.span);
  return (
    traceTerms.every(({ negated, term }) => traceFits(trace, spans, term) !== negated) &&
    groups.every((terms) => spans.some((span) => terms.every((term) => spanFits(span, term)))) &&
    !spans.some((span) => noSpan.some((term) => spanFits(span, term)))
  );
}

function spanFits(span: SpanRecord, term: SpanTerm): boolean {
  switch (term.of) {
    case "service":
      return term.fits(span.service);
    case "method":
      return term.fits(span.name);
    case "code":
      return term.fits(outcomeOf(span).label);
    case "attribute": {
      const value = span.attributes[term.key] ?? span.resource[term.key];
      return value !== undefined && valueSays(value, term.fits);
    }
  }
}

function traceFits(trace: Trace, spans: readonly SpanRecord[], term: TraceTerm): boolean {
  switch (term.of) {
    case "status":
      return statusOfTrace(spans) === term.status;
    case "environment":
      return term.fits(trace.environment ?? "");
    case "reason":
      return term.fits(keepingOf(trace).reason ?? "sampled");
    case "duration":
      return isWithin(Number(trace.endNanos - trace.startNanos), term.bound);
    case "id":
      return hasId(trace, spans, term.prefix);
    case "text":
      return hasId(trace, spans, term.prefix) || spans.some((span) => says(span, term.fits));
  }
}

function hasId({ traceId }: Trace, spans: readonly SpanRecord[], prefix: string): boolean {
  return traceId.startsWith(prefix) || spans.some(({ spanId }) => spanId.startsWith(prefix));
}

function says(span: SpanRecord, fits: Pattern): boolean {
  return (
    fits(span.name) ||
    fits(span.service) ||
    fits(span.statusMessage) ||
    Object.values(span.attributes).some((value) => valueSays(value, fits)) ||
    span.events.some(
      ({ name, attributes }) =>
        fits(name) || Object.values(attributes).some((value) => valueSays(value, fits)),
    )
  );
}

function valueSays(value: AttributeValue, fits: Pattern): boolean {
  if (Array.isArray(value)) return value.some((item) => valueSays(item, fits));
  if (typeof value === "object" && value !== null && !(value instanceof Uint8Array))
    return Object.values(value).some((item) => valueSays(item, fits));
  const text = textOf(value);
  return text !== undefined && fits(text);
}
