import { attributesOf } from "../trace/attributes.ts";
import type { SpanRecord } from "../trace/span.ts";

/** What a test says about a span; times in microseconds after SAMPLE_START. */
export interface SampleSpan {
  readonly id: string;
  readonly parent?: string;
  readonly service?: string;
  readonly name?: string;
  readonly kind?: SpanRecord["kind"];
  readonly from?: number;
  readonly to?: number;
  readonly attributes?: SpanRecord["attributes"];
  readonly status?: SpanRecord["status"];
  readonly message?: string;
}

/** 2026-01-02T03:04:05Z in nanoseconds. */
export const SAMPLE_START = 1_767_323_045_000_000_000n;
/** The trace id of all sample spans. */
export const SAMPLE_TRACE = "0af7651916cd43dd8448eb211c80319c";

/** A span as the intake would have received it. `id` and `parent` are shortened ids. */
export function sampleSpan(sample: SampleSpan): SpanRecord {
  const service = sample.service ?? "shop";
  return {
    traceId: SAMPLE_TRACE,
    spanId: sample.id.padStart(16, "0"),
    parentSpanId: sample.parent?.padStart(16, "0"),
    traceState: "",
    flags: 1,
    name: sample.name ?? `span ${sample.id}`,
    kind: sample.kind ?? "internal",
    startNanos: SAMPLE_START + BigInt(sample.from ?? 0) * 1000n,
    endNanos: SAMPLE_START + BigInt(sample.to ?? 1000) * 1000n,
    attributes: sample.attributes ?? {},
    events: [],
    links: [],
    status: sample.status ?? "unset",
    statusMessage: sample.message ?? "",
    service,
    resource: attributesOf([
      { key: "service.name", value: { stringValue: service } },
      { key: "deployment.environment.name", value: { stringValue: "development" } },
    ]),
    scope: "test",
  };
}

/** A request through three services that fails at a bank. */
export const failedRequest: readonly SpanRecord[] = [
  {
    id: "1",
    service: "gateway",
    name: "POST /accounts",
    kind: "server",
    from: 0,
    to: 84_200,
    status: "error",
    attributes: { "http.response.status_code": 503 },
  },
  {
    id: "2",
    parent: "1",
    service: "gateway",
    name: "ledger.v1.LedgerService/CreateAccount",
    kind: "client",
    from: 2_100,
    to: 83_000,
    status: "error",
    message: "bank DOWNBANK is not reachable",
    attributes: { "rpc.status_code": "UNAVAILABLE" },
  },
  {
    id: "3",
    parent: "2",
    service: "ledger",
    name: "ledger.v1.LedgerService/CreateAccount",
    kind: "server",
    from: 8_000,
    to: 81_000,
    status: "error",
    message: "bank DOWNBANK is not reachable",
    attributes: { "rpc.status_code": "UNAVAILABLE" },
  },
  {
    id: "4",
    parent: "3",
    service: "ledger",
    name: "open account",
    from: 9_000,
    to: 80_500,
    status: "error",
    message: "bank DOWNBANK is not reachable",
  },
  {
    id: "5",
    parent: "4",
    service: "ledger",
    name: "SELECT accounts",
    kind: "client",
    from: 10_000,
    to: 10_450,
  },
  {
    id: "6",
    parent: "4",
    service: "ledger",
    name: "treasury.v1.TreasuryService/ValidateAccount",
    kind: "client",
    from: 12_000,
    to: 80_000,
    status: "error",
    message: "bank DOWNBANK is not reachable",
    attributes: { "rpc.status_code": "UNAVAILABLE" },
  },
  {
    id: "7",
    parent: "6",
    service: "treasury",
    name: "treasury.v1.TreasuryService/ValidateAccount",
    kind: "server",
    from: 20_000,
    to: 76_000,
    status: "error",
    message: "bank DOWNBANK is not reachable",
    attributes: { "rpc.status_code": "UNAVAILABLE" },
  },
  {
    id: "8",
    parent: "7",
    service: "treasury",
    name: "SELECT institutions",
    kind: "client",
    from: 22_000,
    to: 24_000,
    attributes: {},
  },
].map((sample) => sampleSpan(sample as SampleSpan));
