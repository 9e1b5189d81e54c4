import { expect, test } from "vitest";
import { type SpanSketch, sketch, spanId, traceId } from "../../test/protocols/harness/encoded-spans.ts";
import { type ArrivedTransaction, faultOf, spansOf } from "../../test/protocols/harness/read-transaction.ts";
import { createEnvelopeEncoder } from "./envelope.ts";
import { createTransactionWriter } from "./write-transactions.ts";

const RESOURCE = {
  "service.name": "ledger",
  "service.version": "1.4.0",
  "service.instance.id": "instance-1",
  "deployment.environment.name": "staging",
};

/** The envelopes that are made of spans, read again. */
function write(spans: readonly SpanSketch[], mostBytes = 10_000_000) {
  const write = createTransactionWriter({ resource: RESOURCE, organizationId: "7", mostBytes });
  const encode = createEnvelopeEncoder("key");
  return write(spans.map(sketch)).map((transaction) => {
    const body = Buffer.from(encode([transaction])).toString();
    const [header = "", item = "", payload = "", end] = body.split("\n");
    expect(JSON.parse(item)).toEqual({ type: "transaction", length: Buffer.byteLength(payload) });
    expect(end).toBe("");
    const event = JSON.parse(payload) as ArrivedTransaction;
    expect(faultOf(event)).toBeUndefined();
    expect(transaction.spans).toBe(event.spans.length + 1);
    return { ...transaction, size: Buffer.byteLength(body), header: JSON.parse(header), event };
  });
}

const children = (count: number, more: Omit<SpanSketch, "id"> = {}): SpanSketch[] =>
  Array.from({ length: count }, (_, index) => ({ id: index + 2, parent: 1, ...more }));

test("a transaction says who sent it, and its header the trace, when and by which key", () => {
  const [only] = write([{ id: 1 }, ...children(1)]);
  expect(only?.header).toMatchObject({
    event_id: only?.event.event_id,
    sent_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    sdk: { name: "tracekeep.node" },
  });
  expect(only?.header.trace).toEqual({
    trace_id: traceId(1),
    public_key: "key",
    sampled: "true",
    release: "1.4.0",
    environment: "staging",
    transaction: "span 1",
    org_id: "7",
  });
  expect(only?.event).toMatchObject({
    type: "transaction",
    transaction: "span 1",
    platform: "node",
    release: "1.4.0",
    environment: "staging",
    server_name: "instance-1",
    start_timestamp: 1_760_000_000.001,
    timestamp: 1_760_000_000.0015,
    tags: { service: "ledger" },
    contexts: { otel: { resource: RESOURCE }, trace: { span_id: spanId(1), op: "default", status: "ok" } },
    spans: [{ span_id: spanId(2), parent_span_id: spanId(1), description: "span 2" }],
  });
});

test("a transaction whose trace began elsewhere does not name itself as the trace's first", () => {
  const [only] = write([{ id: 1, parent: 9, remote: true }]);
  expect(only?.header.trace).not.toHaveProperty("transaction");
  expect(only?.event.contexts.trace.parent_span_id).toBe(spanId(9));
});

test("1,500 spans become two transactions of the trace; ids and parents stay", () => {
  const spans = [{ id: 1 }, ...children(1_500)];
  const written = write(spans);
  expect(written.map(({ event }) => event.spans.length + 1)).toEqual([1_000, 501]);
  expect(new Set(written.map(({ event }) => event.event_id)).size).toBe(2);
  const read = written.flatMap(({ event }) => spansOf(event));
  expect(read.map(({ spanId: id, parentSpanId }) => [id, parentSpanId]).toSorted()).toEqual(
    spans.map(({ id, parent = 0 }) => [spanId(id), parent === 0 ? "" : spanId(parent)]).toSorted(),
  );
});

test("no envelope is larger than 1 MiB, or than the settings allow", () => {
  const large = write([{ id: 1 }, ...children(300, { noteLength: 10_000 })]);
  const small = write([{ id: 1 }, ...children(30, { noteLength: 500 })], 4_096);
  expect(Math.max(...large.map(({ size }) => size))).toBeLessThanOrEqual(1_048_576);
  expect(large).toHaveLength(3);
  expect(Math.max(...small.map(({ bytes }) => bytes.length))).toBeLessThanOrEqual(4_096);
  for (const [transactions, count] of [
    [large, 301],
    [small, 31],
  ] as const)
    expect(transactions.reduce((sum, { spans }) => sum + spans, 0)).toBe(count);
});

test("a span that alone is too large stands alone, and takes no other with it", () => {
  const written = write(
    [{ id: 1 }, { id: 2, parent: 1, noteLength: 9_000 }, ...children(3, { start: 5 }).map(further)],
    4_096,
  );
  const large = written.filter(({ bytes }) => bytes.length > 4_096);
  expect(large.map(({ spans, event }) => [spans, event.transaction])).toEqual([[1, "span 2"]]);
});

test("spans without their first one are headed by the one that began first and whose parent is not there", () => {
  const [only] = write([
    { id: 5, parent: 4, start: 1 },
    { id: 4, parent: 1, start: 3 },
    { id: 6, parent: 1, start: 2 },
  ]);
  expect(only?.event.contexts.trace.span_id).toBe(spanId(6));
  expect(only?.event.contexts.trace.parent_span_id).toBe(spanId(1));
  expect(only?.event.spans.map((span) => [span.span_id, span.parent_span_id])).toEqual([
    [spanId(5), spanId(4)],
    [spanId(4), spanId(1)],
  ]);
});

test("a transaction with one span of a kept trace is of a kept trace", () => {
  expect(write([{ id: 1 }, { id: 2, parent: 1, kept: true }])[0]?.kept).toBe(true);
  expect(write([{ id: 1 }, { id: 2, parent: 1 }])[0]?.kept).toBe(false);
});

const further = (span: SpanSketch): SpanSketch => ({ ...span, id: span.id + 1 });
