import { describe, expect, it } from "vitest";
import { attributesOf } from "../trace/attributes.ts";
import { MalformedEnvelopeError } from "./envelope.ts";
import { parseTransaction } from "./transaction.ts";

const traceId = "0af7651916cd43dd8448eb211c80319c";
const trace = { trace_id: traceId, span_id: "00000000000000a1", op: "http.server", status: "ok" };
const event = {
  transaction: "POST /accounts",
  start_timestamp: 1767323045.25,
  timestamp: "2026-01-02T03:04:06Z",
  environment: "staging",
  release: "1.4.0",
  tags: { service: "gateway" },
  contexts: { trace },
};
const parse = (value: unknown) => parseTransaction(Buffer.from(JSON.stringify(value)));

describe("a transaction", () => {
  it("becomes spans: its own, and those within it", () => {
    const child = {
      trace_id: traceId,
      span_id: "00000000000000a2",
      parent_span_id: trace.span_id,
      description: "ledger.v1.LedgerService/CreateAccount",
      op: "rpc.client",
      status: "unavailable",
      start_timestamp: 1767323045.5,
      timestamp: 1767323045.75,
      data: {
        "otel.kind": "CLIENT",
        "otel.status_code": "ERROR",
        "otel.status_description": "gone",
        list: [1, { a: null }],
      },
      links: [{ trace_id: traceId, span_id: trace.span_id, attributes: { why: "batch" } }],
    };
    const [root, call] = parse({ ...event, spans: [child] });
    expect(root).toMatchObject({
      traceId,
      parentSpanId: undefined,
      name: "POST /accounts",
      kind: "server",
      service: "gateway",
      status: "unset",
      startNanos: 1767323045_250_000_000n,
      endNanos: 1767323046_000_000_000n,
    });
    expect(root?.resource).toMatchObject({
      "service.version": "1.4.0",
      "deployment.environment.name": "staging",
    });
    expect(call).toMatchObject({
      parentSpanId: root?.spanId,
      kind: "client",
      status: "error",
      statusMessage: "gone",
      attributes: { list: [1, { a: null }], "sentry.op": "rpc.client" },
      links: [{ traceId, attributes: { why: "batch" } }],
    });
    expect(call?.resource).toBe(root?.resource);
  });

  it("of a client's own cancel is no error, and of another status it is", () => {
    const statusOf = (status: string) =>
      parse({ ...event, contexts: { trace: { ...trace, status } } })[0]?.status;
    expect(["ok", "cancelled", "internal_error"].map(statusOf)).toEqual(["unset", "unset", "error"]);
  });

  it("that was OpenTelemetry's says itself whether its status is an error", () => {
    const statusOf = (data: object) =>
      parse({ ...event, contexts: { trace: { ...trace, status: "not_found", data } } })[0]?.status;
    const scope = { "otel.scope.name": "tracekeep" };
    expect([{}, scope, { ...scope, "otel.status_code": "ERROR" }].map(statusOf)).toEqual([
      "error",
      "unset",
      "error",
    ]);
  });

  it("says its service by OpenTelemetry's resource, a tag or the server", () => {
    const serviceOf = (more: object) => parse({ ...event, tags: {}, ...more })[0]?.service;
    const resource = { "service.name": "from the resource" };
    expect(serviceOf({ contexts: { trace, otel: { resource } }, tags: { service: "from a tag" } })).toBe(
      "from the resource",
    );
    expect(serviceOf({ server_name: "host-1" })).toBe("host-1");
    expect(serviceOf({})).toBe("unknown");
  });

  it("stays whole where a field that it can do without is odd", () => {
    const odd = {
      op: 1,
      status: {},
      origin: [],
      data: [1],
      links: [{ trace_id: "none" }],
      parent_span_id: 5,
    };
    const child = { ...odd, trace_id: traceId, span_id: "00000000000000a2", description: 9 };
    const times = { start_timestamp: event.start_timestamp, timestamp: event.timestamp };
    const contexts = { trace: { ...trace, ...odd }, otel: 1 };
    const spans = parse({
      ...event,
      ...odd,
      release: {},
      tags: "x",
      contexts,
      spans: [{ ...child, ...times }],
    });
    expect(spans).toMatchObject([
      { name: "POST /accounts", status: "unset", links: [] },
      { name: "", parentSpanId: undefined, attributes: {} },
    ]);
    expect(spans[0]?.resource).toMatchObject({ "deployment.environment.name": "staging" });
  });

  it.each([
    ["no JSON", "{"],
    ["no trace", { ...event, contexts: {} }],
    ["a zero id", { ...event, contexts: { trace: { ...trace, trace_id: "0".repeat(32) } } }],
    ["a time that is none", { ...event, timestamp: "yesterday" }],
    ["spans that are none", { ...event, spans: [1] }],
  ])("with %s is refused", (_what, value) => {
    expect(() =>
      parseTransaction(Buffer.from(typeof value === "string" ? value : JSON.stringify(value))),
    ).toThrow(MalformedEnvelopeError);
  });

  it("cannot bring a prototype, or nesting without end", () => {
    let deep: unknown = 1;
    for (let depth = 0; depth < 100; depth++) deep = [deep];
    const json = JSON.stringify({ ...event, contexts: { trace: { ...trace, data: { deep } } } });
    const [span] = parseTransaction(
      Buffer.from(json.replace('"deep"', '"__proto__":{"polluted":true},"deep"')),
    );
    expect(Reflect.get(span?.attributes ?? {}, "polluted")).toBeUndefined();
    expect(JSON.stringify(span?.attributes)).toContain("nested too deeply");
    expect(Object.getPrototypeOf(span?.attributes)).toBe(Object.getPrototypeOf(attributesOf([])));
  });
});
