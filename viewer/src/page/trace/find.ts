import type { SpanView, TraceView } from "../../api/wire.ts";

/** The ids of the spans whose service, name or status has the text in it, in order; undefined if there is no text. */
export function findSpans(
  { spans, services }: Pick<TraceView, "spans" | "services">,
  text: string,
): ReadonlySet<string> | undefined {
  const wanted = text.trim().toLowerCase();
  if (wanted === "") return undefined;
  const fits = ({ name, outcome, service }: SpanView) =>
    [name, outcome, services[service] ?? ""].some((part) => part.toLowerCase().includes(wanted));
  return new Set(spans.filter(fits).map(({ id }) => id));
}
