import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Intake, startIntake } from "../index.ts";
import { outcomeOf } from "../render/outcome.ts";

const traceId = "0af7651916cd43dd8448eb211c80319c";
let intake: Intake;
beforeEach(async () => {
  intake = await startIntake();
});
afterEach(() => intake.close());

async function send(...lines: readonly object[]): Promise<number> {
  const response = await fetch(`${intake.url}/api/1/envelope/?sentry_key=dev`, {
    method: "POST",
    body: lines.map((line) => JSON.stringify(line)).join("\n"),
  });
  return response.status;
}

describe("other SDKs", () => {
  it("stream spans, as Sentry's for JavaScript does from version 11 on", async () => {
    const text = (value: unknown) => ({ value, type: "string" });
    const root = {
      trace_id: traceId,
      span_id: "00000000000000a1",
      name: "GET /things",
      status: "ok",
      is_segment: true,
      start_timestamp: 1795920365.338608,
      end_timestamp: 1795920365.3414958,
      attributes: {
        "sentry.op": text("http.server"),
        "sentry.environment": text("desk"),
        n: { value: 3, type: "integer" },
      },
    };
    const child = {
      ...root,
      span_id: "00000000000000a2",
      parent_span_id: root.span_id,
      name: "bad",
      status: "error",
      is_segment: false,
      attributes: { "sentry.status.message": text("internal_error") },
      links: [
        { trace_id: traceId, span_id: root.span_id, sampled: true, attributes: { why: text("batch") } },
      ],
    };
    const header = { type: "span", item_count: 2, content_type: "application/vnd.sentry.items.span.v2+json" };
    expect(await send({ sdk: {} }, header, { version: 2, items: [child, root] })).toBe(200);
    const nodes = intake.trace(traceId)?.nodes.map(({ span }) => span);
    expect(nodes).toMatchObject([
      { name: "GET /things", kind: "server", status: "unset", attributes: { n: 3 } },
      {
        name: "bad",
        status: "error",
        statusMessage: "internal_error",
        links: [{ attributes: { why: "batch" } }],
      },
    ]);
    expect(intake.trace(traceId)?.environment).toBe("desk");
  });

  it("write times with microseconds as text, as Sentry's for Python does", async () => {
    const contexts = { trace: { trace_id: traceId, span_id: "00000000000000a1" } };
    const times = { start_timestamp: "2026-01-02T03:04:05.123456Z", timestamp: "2026-01-02T03:04:05.123956" };
    expect(await send({}, { type: "transaction" }, { transaction: "/", ...times, contexts })).toBe(200);
    const span = intake.trace(traceId)?.nodes[0]?.span;
    expect([span?.startNanos, (span?.endNanos ?? 0n) - (span?.startNanos ?? 0n)]).toEqual([
      1_767_323_045_123_456_000n,
      500_000n,
    ]);
  });

  it("write null for what they do not know in an envelope's headers", async () => {
    const header = { event_id: null, dsn: null };
    expect(await send(header, { type: "event", length: null }, { message: "m" })).toBe(200);
    expect(intake.errors()).toMatchObject([{ message: "m" }]);
  });

  it("name statuses and environments as OpenTelemetry did before", async () => {
    const attribute = (key: string, value: object) => ({ key, value });
    const span = (spanId: string, parentSpanId: string, attributes: object[]) => ({
      traceId,
      spanId,
      parentSpanId,
      kind: 2,
      attributes,
    });
    const body = {
      resourceSpans: [
        {
          resource: { attributes: [attribute("deployment.environment", { stringValue: "staging" })] },
          scopeSpans: [
            {
              spans: [
                span("00000000000000a1", "", [attribute("http.status_code", { intValue: 503 })]),
                span("00000000000000a2", "00000000000000a1", [
                  attribute("rpc.grpc.status_code", { intValue: 14 }),
                ]),
              ],
            },
          ],
        },
      ],
    };
    await fetch(`${intake.url}/v1/traces`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    const trace = intake.trace(traceId);
    expect(trace?.environment).toBe("staging");
    expect(trace?.nodes.map((node) => outcomeOf(node.span).label)).toEqual(["503", "UNAVAILABLE"]);
  });
});
