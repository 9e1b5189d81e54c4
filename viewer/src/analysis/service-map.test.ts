import { describe, expect, it } from "vitest";
import { failedRequest, SAMPLE_TRACE, type SampleSpan, sampleSpan } from "../testing/sample.ts";
import type { SpanRecord } from "../trace/span.ts";
import { assembleTrace } from "../trace/trace.ts";
import { clockSkewsOf } from "./clock-skew.ts";
import { Methods } from "./methods.ts";
import { ServiceMap } from "./service-map.ts";

function mapOf(...traces: (readonly SpanRecord[])[]) {
  const map = new ServiceMap();
  for (const spans of traces) map.add(assembleTrace(SAMPLE_TRACE, spans));
  const edges = map
    .edges()
    .map(({ from, to, calls }) => `${from} → ${to}: ${calls.count}, ${calls.failedShare} failed`);
  return { edges, nodes: map.nodes().map(({ name, requests }) => `${name}: ${requests.count}`) };
}

const call = (...samples: SampleSpan[]) => samples.map(sampleSpan);

describe("ServiceMap", () => {
  it("draws who calls whom, and what failed", () => {
    const { edges, nodes } = mapOf(failedRequest, failedRequest);
    expect(edges).toEqual(["gateway → ledger: 2, 1 failed", "ledger → treasury: 2, 1 failed"]);
    expect(nodes).toEqual(["gateway: 2", "ledger: 2", "treasury: 2"]);
  });

  it("counts a sampled call for all those it stands for", () => {
    const attributes = { "sentry.client_sample_rate": 0.01 };
    const sampled = call(
      { id: "1", service: "a", kind: "server", attributes },
      { id: "2", parent: "1", service: "a", kind: "client", attributes },
      { id: "3", parent: "2", service: "b", kind: "server", attributes },
    );
    const kept = call(
      { id: "1", service: "a", kind: "server", status: "error" },
      { id: "2", parent: "1", service: "a", kind: "client", status: "error" },
      { id: "3", parent: "2", service: "b", kind: "server", status: "error" },
    );
    expect(mapOf(sampled, kept).edges).toEqual([`a → b: 101, ${1 / 101} failed`]);
  });

  it("takes the caller's own duration, the way included", () => {
    const map = new ServiceMap();
    map.add(
      assembleTrace(
        SAMPLE_TRACE,
        call(
          { id: "1", service: "a", kind: "client", from: 0, to: 90 },
          { id: "2", parent: "1", service: "b", kind: "server", from: 20, to: 70 },
        ),
      ),
    );
    expect(map.edges()[0]?.calls.percentiles([0.5])).toEqual([90_000]);
  });

  it("shows databases and hosts that send no spans, and not those that do", () => {
    const { edges } = mapOf(
      call(
        { id: "1", service: "a" },
        {
          id: "2",
          parent: "1",
          service: "a",
          kind: "client",
          attributes: { "db.system.name": "postgresql" },
        },
        {
          id: "3",
          parent: "1",
          service: "a",
          kind: "client",
          attributes: { "server.address": "bank.example" },
        },
        { id: "4", parent: "1", service: "a", kind: "client", attributes: { "server.address": "10.0.0.1" } },
        { id: "5", parent: "4", service: "b", kind: "server" },
      ),
    );
    expect(edges.map((edge) => edge.replace(/:.*/, ""))).toEqual([
      "a → postgresql",
      "a → bank.example",
      "a → b",
    ]);
  });

  it("knows by what the calls to a database are found, by an older key too", () => {
    const map = new ServiceMap();
    const callOf = (id: string, attributes: SampleSpan["attributes"]): SampleSpan => ({
      id,
      kind: "client",
      ...(attributes && { attributes }),
    });
    map.add(
      assembleTrace(
        SAMPLE_TRACE,
        call(
          callOf("1", { "db.system.name": "postgresql", "db.namespace": "shop" }),
          callOf("2", { "db.system": "mysql", "db.namespace": "shop" }),
          callOf("3", { "messaging.system": "kafka", "server.address": "10.0.0.1" }),
        ),
      ),
    );
    expect(map.nodes().map(({ name, marks }) => [name, marks])).toEqual([
      ["shop", undefined],
      ["postgresql: shop", { "db.system.name": "postgresql", "db.namespace": "shop" }],
      ["mysql: shop", { "db.system": "mysql", "db.namespace": "shop" }],
      ["kafka", { "messaging.system": "kafka" }],
    ]);
  });

  it("is bounded, however many names come", () => {
    const many = Array.from({ length: 1000 }, (_, index) =>
      sampleSpan({ id: (index + 1).toString(16), service: `s${index}` }),
    );
    expect(mapOf(many).nodes).toHaveLength(300);
  });
});

describe("Methods", () => {
  it("measures what comes into a service, by method", () => {
    const methods = new Methods();
    methods.add(assembleTrace(SAMPLE_TRACE, failedRequest));
    methods.add(
      assembleTrace(
        SAMPLE_TRACE,
        call({ id: "1", service: "gateway", name: "POST /accounts", kind: "server", to: 1000 }),
      ),
    );
    expect(
      methods
        .all()
        .map(({ service, name, requests }) => [service, name, requests.count, requests.failedShare]),
    ).toEqual([
      ["gateway", "POST /accounts", 2, 0.5],
      ["ledger", "ledger.v1.LedgerService/CreateAccount", 1, 1],
      ["treasury", "treasury.v1.TreasuryService/ValidateAccount", 1, 1],
    ]);
  });
});

describe("clockSkewsOf", () => {
  const skewsOf = (from: number, to: number) =>
    clockSkewsOf(
      assembleTrace(
        SAMPLE_TRACE,
        call(
          { id: "1", service: "a", kind: "client", from: 1000, to: 2000 },
          { id: "2", parent: "1", service: "b", kind: "server", from, to },
        ),
      ),
    );

  it("tells by how much a service's clock is wrong", () => {
    expect(skewsOf(1100, 1900)).toEqual([]);
    expect(skewsOf(100, 900)).toEqual([{ service: "b", caller: "a", aheadNanos: -1_000_000 }]);
    expect(skewsOf(5100, 5900)).toEqual([{ service: "b", caller: "a", aheadNanos: 4_000_000 }]);
  });

  it("suspects no clock where work goes on after the caller has left", () => {
    expect(skewsOf(1100, 9000)).toEqual([]);
  });
});
