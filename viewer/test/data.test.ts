import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { OverviewView, SpanDetails, TraceView } from "../src/api/wire.ts";
import { startViewer, type Viewer } from "../src/index.ts";
import { failedRequest, SAMPLE_TRACE, sampleSpan } from "../src/testing/sample.ts";
import { attributesOf } from "../src/trace/attributes.ts";
import { sendSpans, traceIdOf, traceOf } from "./harness/send.ts";

let viewer: Viewer;
beforeEach(async () => {
  viewer = await startViewer();
});
afterEach(() => viewer.close());

async function read<T>(path: string): Promise<T> {
  const response = await fetch(new URL(path, viewer.url));
  expect(response.status).toBe(200);
  return response.json() as Promise<T>;
}

describe("a trace", () => {
  it("comes with its tree, its failure, its critical path and the issue that was made of it", async () => {
    await sendSpans(viewer.url, failedRequest);
    const event = {
      message: "bank DOWNBANK",
      contexts: { trace: { trace_id: SAMPLE_TRACE, span_id: "0000000000000007" } },
    };
    const envelope = [{ event_id: "9ec79c33ec9942ab8353589fcb2e04dc" }, { type: "event" }, event];
    await fetch(`${viewer.url}api/1/envelope/?sentry_key=any`, {
      method: "POST",
      body: envelope.map((line) => JSON.stringify(line)).join("\n"),
    });
    const trace = await read<TraceView>(`data/traces/${SAMPLE_TRACE}`);
    expect(trace.spans.map(({ id, depth, children }) => [Number(id), depth, children])).toEqual([
      [1, 0, 1],
      [2, 1, 1],
      [3, 2, 1],
      [4, 3, 2],
      [5, 4, 0],
      [6, 4, 1],
      [7, 5, 1],
      [8, 6, 0],
    ]);
    expect(trace.spans[6]).toMatchObject({
      start: 20_000_000,
      nanos: 56_000_000,
      outcome: "UNAVAILABLE",
      failed: true,
      critical: [
        [20_000_000, 22_000_000],
        [24_000_000, 76_000_000],
      ],
    });
    expect(trace.issues).toEqual([
      { eventId: "9ec79c33ec9942ab8353589fcb2e04dc", spanId: "0000000000000007", title: "bank DOWNBANK" },
    ]);
  });

  it("shows parents that were not received, duplicates, circles and wrong clocks as what they are", async () => {
    const [first] = traceOf(1, { id: "1", parent: "99", service: "a", kind: "client", from: 1000, to: 2000 });
    if (!first) throw new Error("no span");
    await sendSpans(viewer.url, [first, first]);
    await sendSpans(
      viewer.url,
      traceOf(
        1,
        { id: "2", parent: "1", service: "b", kind: "server", from: 91_000, to: 92_000 },
        { id: "5", parent: "6" },
        { id: "6", parent: "5" },
        { id: "7", parent: "7" },
      ),
    );
    const trace = await read<TraceView>(`data/traces/${traceIdOf(1)}`);
    expect(trace).toMatchObject({
      missingParents: 1,
      duplicates: 1,
      skews: [{ service: "b", aheadNanos: 90_000_000 }],
    });
    expect(trace.spans.find(({ id }) => id.endsWith("01"))?.missingParent).toBe("0000000000000099");
    expect(trace.spans).toHaveLength(5);
  });

  it("as OTLP JSON can be posted again, and is the same trace", async () => {
    await sendSpans(viewer.url, failedRequest);
    const otlp = await read<object>(`data/traces/${SAMPLE_TRACE}/otlp`);
    await using other = await startViewer();
    const response = await fetch(`${other.url}v1/traces`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(otlp),
    });
    expect(response.status).toBe(200);
    expect(other.intake.trace(SAMPLE_TRACE)).toEqual(viewer.intake.trace(SAMPLE_TRACE));
  });

  it("that is not there is said to be so, and so are a span and a path", async () => {
    await sendSpans(viewer.url, failedRequest);
    for (const path of [
      `data/traces/${"f".repeat(32)}`,
      `data/traces/${SAMPLE_TRACE}/spans/${"f".repeat(16)}`,
      "data/../etc/passwd",
      "nothing",
    ]) {
      const response = await fetch(new URL(path, viewer.url));
      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({
        detail: expect.stringMatching(/no trace|no span|nothing at/),
      });
    }
  });
});

describe("a span", () => {
  it("comes with everything that it says", async () => {
    const span = {
      ...sampleSpan({ id: "1", status: "error", message: "no money" }),
      attributes: attributesOf([
        { key: "big", value: { intValue: 2n ** 60n } },
        { key: "share", value: { doubleValue: 0.5 } },
        { key: "bytes", value: { bytesValue: Buffer.from([1, 2]) } },
        { key: "__proto__", value: { stringValue: "just a name" } },
      ]),
      events: [
        { name: "retry", timeNanos: sampleSpan({ id: "1", from: 5 }).startNanos, attributes: { attempt: 2 } },
      ],
      links: [{ traceId: traceIdOf(7), spanId: "00000000000000aa", attributes: {} }],
    };
    await sendSpans(viewer.url, [span, ...traceOf(7, { id: "aa" })]);
    const details = await read<SpanDetails>(`data/traces/${SAMPLE_TRACE}/spans/${span.spanId}`);
    expect(details).toMatchObject({
      statusMessage: "no money",
      events: [{ name: "retry", at: 5_000, attributes: { attempt: 2 } }],
      links: [{ traceId: traceIdOf(7), received: true }],
      resource: { "deployment.environment.name": "development" },
    });
    expect(Object.entries(details.attributes)).toEqual([
      ["big", String(2n ** 60n)],
      ["share", 0.5],
      ["bytes", "base64:AQI="],
      ["__proto__", "just a name"],
    ]);
  });
});

describe("the overview", () => {
  it("is drawn from the traces that fit the search", async () => {
    await sendSpans(viewer.url, failedRequest);
    await sendSpans(
      viewer.url,
      traceOf(1, { id: "1", service: "gateway", name: "GET /", kind: "server", to: 2_000 }),
    );
    const all = await read<OverviewView>("data/overview");
    expect(all.traces).toBe(2);
    expect(all.nodes.map(({ name, count, failedShare }) => [name, count, failedShare])).toEqual([
      ["gateway", 2, 0.5],
      ["ledger", 1, 1],
      ["treasury", 1, 1],
    ]);
    expect(all.edges.map(({ from, to, p95 }) => [from, to, p95])).toEqual([
      ["gateway", "ledger", 80_900_000],
      ["ledger", "treasury", 68_000_000],
    ]);
    const method = all.methods.find(({ name }) => name === "GET /");
    expect(method).toMatchObject({ service: "gateway", p50: 2_000_000 });
    expect(method?.histogram.findIndex(({ ok }) => ok > 0)).toBe(Math.floor(Math.log2(20) * 2));
    expect(all.nodes.map(({ search }) => search)).toEqual([
      'service:"gateway"',
      'service:"ledger"',
      'service:"treasury"',
    ]);
    const some = await read<OverviewView>("data/overview?q=status:ok");
    expect([some.traces, some.edges]).toEqual([1, []]);
  });

  it("answers HEAD with the page, by which scripts wait for it, and with no data", async () => {
    expect((await fetch(viewer.url, { method: "HEAD" })).status).toBe(200);
    expect((await fetch(`${viewer.url}data/live`, { method: "HEAD" })).status).toBe(404);
  });
});
