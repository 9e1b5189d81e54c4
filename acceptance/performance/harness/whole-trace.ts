import { type ArrivedSpan, KIND, parentOf, type TestIntake, traceOf } from "../../harness/stack.ts";

/** Waits until a trace has its root, the parent of every span, and the other side of every call. */
export async function wholeTrace(intake: TestIntake, traceId: string): Promise<ArrivedSpan[]> {
  const isWhole = () => {
    const spans = traceOf(intake, traceId);
    const roots = spans.filter((span) => parentOf(span, spans) === undefined);
    return (
      String(roots.map(({ parentSpanId }) => parentSpanId)) === "" &&
      roots.length === 1 &&
      spans.every(isAnswered)
    );
  };
  const isAnswered = (span: ArrivedSpan, _: number, spans: readonly ArrivedSpan[]) =>
    span.kind !== KIND.client ||
    !("rpc.method" in span.attributes) ||
    spans.some(({ parentSpanId }) => parentSpanId === span.spanId);
  await intake.until(isWhole, `the whole trace ${traceId}`, 20_000);
  return traceOf(intake, traceId);
}
