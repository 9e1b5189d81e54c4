import { assembleTrace, decodeExportRequest, spansOf } from "tracekeep-viewer";
import { ServiceMap } from "../../../viewer/src/analysis/service-map.ts";
import { type ArrivedSpan, KIND, parentOf, serviceOf, type TestIntake } from "../../harness/stack.ts";

/** How often who called whom, by `CALLER → CALLEE METHOD`: every span of a server, with the call above it. */
export function callsIn(spans: readonly ArrivedSpan[]): Record<string, number> {
  const calls = spans.flatMap((span) => {
    const call = parentOf(span, spans);
    return span.kind === KIND.server && call?.kind === KIND.client
      ? [`${serviceOf(call)} → ${serviceOf(span)} ${span.name}`]
      : [];
  });
  return countsOf(calls);
}

/** How often each text is there. */
export function countsOf(texts: readonly string[]): Record<string, number> {
  const counts = Map.groupBy(texts, (text) => text);
  return Object.fromEntries(Array.from(counts, ([text, { length }]) => [text, length]));
}

/** The calls between services on the viewer's map of these traces, by `CALLER → CALLEE`. */
export function mappedCalls({ requests }: TestIntake, traceIds: readonly string[]): Record<string, number> {
  const exports = requests.filter(({ path }) => path.endsWith("/traces"));
  const spans = exports.flatMap(({ body }) => spansOf(decodeExportRequest(body, "protobuf")).spans);
  const map = new ServiceMap();
  for (const id of traceIds)
    map.add(
      assembleTrace(
        id,
        spans.filter(({ traceId }) => traceId === id),
      ),
    );
  const services = map.nodes().filter(({ outside }) => !outside);
  const isService = (name: string) => services.some((node) => node.name === name);
  const edges = map.edges().filter(({ to }) => isService(to));
  return Object.fromEntries(edges.map(({ from, to, calls }) => [`${from} → ${to}`, calls.count]));
}
