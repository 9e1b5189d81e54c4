import type { SpanView, TraceView } from "../../api/wire.ts";

/** Fewer digits stand in any id. */
const FEWEST_OF_ID = 8;

/** The ids of the spans whose service, name or status has the text in it, in order; undefined if there is no text. */
export function findSpans(
  { spans, services }: Pick<TraceView, "spans" | "services">,
  text: string,
): ReadonlySet<string> | undefined {
  const wanted = text.trim().toLowerCase();
  if (wanted === "") return undefined;
  const fits = ({ id, name, outcome, service }: SpanView) =>
    (wanted.length >= FEWEST_OF_ID && id.startsWith(wanted)) ||
    [name, outcome, services[service] ?? ""].some((part) => part.toLowerCase().includes(wanted));
  return new Set(spans.filter(fits).map(({ id }) => id));
}
