import { gunzipSync, gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { sketch } from "../../test/protocols/harness/encoded-spans.ts";
import { type ArrivedTransaction, faultOf, spansOf } from "../../test/protocols/harness/read-transaction.ts";
import { createEnvelopeEncoder } from "./envelope.ts";
import { splitTooLarge } from "./split-too-large.ts";
import { createTransactionWriter } from "./write-transactions.ts";

function envelope(spans: number, large = -1): Buffer {
  const write = createTransactionWriter({
    resource: { "service.name": "ledger" },
    organizationId: undefined,
    mostBytes: 1_000_000,
  });
  const sketches = Array.from({ length: spans }, (_, index) => ({
    id: index + 1,
    parent: index === 0 ? 0 : 1,
    noteLength: index === large ? 5_000 : 0,
  }));
  return gzipSync(createEnvelopeEncoder("key")(write(sketches.map(sketch))));
}

/** A server that finds more than so many bytes too large, and then says what it says. */
function server(limit: number, status: (event: ArrivedTransaction) => number = () => 200) {
  const taken: { id: string; events: ArrivedTransaction }[] = [];
  const post = splitTooLarge(async (body) => {
    const text = gunzipSync(body).toString();
    const [header = "", item = "", payload = ""] = text.split("\n");
    const event = JSON.parse(payload) as ArrivedTransaction;
    expect(faultOf(event)).toBeUndefined();
    expect(JSON.parse(item).length).toBe(Buffer.byteLength(payload));
    expect(JSON.parse(header)).toMatchObject({ event_id: event.event_id, trace: { public_key: "key" } });
    const answer = text.length > limit ? 413 : status(event);
    if (answer === 200) taken.push({ id: event.event_id, events: event });
    return { status: answer, headers: { "x-sentry-rate-limits": "1:error" }, body: Buffer.from("{}") };
  });
  return { post, taken, names: () => taken.flatMap(({ events }) => spansOf(events).map(({ name }) => name)) };
}

test("what is not too large is sent as it is", async () => {
  const { post, taken } = server(100_000);
  expect((await post(envelope(8))).body.toString()).toBe("{}");
  expect(taken).toHaveLength(1);
});

test("what is too large is sent in parts; each span arrives once, under the heads of its part", async () => {
  const { post, taken, names } = server(3_000);
  const answer = await post(envelope(40));
  expect(answer.status).toBe(200);
  expect(answer.body.toString()).toBe("{}");
  expect(taken.length).toBeGreaterThan(4);
  expect(new Set(taken.map(({ id }) => id)).size).toBe(taken.length);
  expect(names().toSorted()).toEqual(
    Array.from({ length: 40 }, (_, index) => `span ${index + 1}`).toSorted(),
  );
  expect(taken.map(({ events }) => events.tags.service)).toEqual(taken.map(() => "ledger"));
});

test("only the span that alone is too large is lost, and told", async () => {
  const { post, names } = server(3_000, () => 200);
  const answer = await post(envelope(20, 13));
  expect(JSON.parse(answer.body.toString()).partialSuccess.rejectedSpans).toBe(1);
  expect(answer.headers["x-sentry-rate-limits"]).toBe("1:error");
  expect(names()).toHaveLength(19);
  expect(names()).not.toContain("span 14");
});

test("if nothing is taken, the answer says so", async () => {
  expect((await server(0).post(envelope(4))).status).toBe(413);
});

test("a part that is to be tried again is tried with the whole, under the same ids", async () => {
  let busy = true;
  const { post, taken } = server(3_000, ({ transaction }) => (busy && transaction !== "span 1" ? 503 : 200));
  const body = envelope(20);
  expect((await post(body)).status).toBe(503);
  expect(taken).toHaveLength(1);
  busy = false;
  expect((await post(body)).status).toBe(200);
  expect(taken[1]?.id).toBe(taken[0]?.id);
});
