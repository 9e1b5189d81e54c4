import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type ArrivedSpan,
  arrived,
  KIND,
  openAccount,
  parentOf,
  type Stack,
  serviceOf,
  startStack,
  traceOf,
} from "./harness/stack.ts";

// Story 3: cross-service error correlation. Nothing is sampled: what arrives was kept since it failed.

/** Spans of a request that fails at the bank, in three services. */
const FAILED_SPANS = 9;

let stack: Stack;
let spans: ArrivedSpan[];
let traceId: string;

beforeAll(async () => {
  stack = await startStack({ TRACE_SAMPLE_RATE: "0" });
  const before = await openAccount(stack.gateway);
  expect(before.status).toBe(201);
  const answer = await openAccount(stack.gateway, { institution: "DOWNBANK" });
  expect(answer.status).toBe(503);
  traceId = answer.traceId;
  spans = await arrived(stack.intake, traceId, FAILED_SPANS);
  await stack.stop();
});
afterAll(() => stack.stop());

const named = (service: string, name: string, kind: number): ArrivedSpan => {
  const found = spans.find((span) => serviceOf(span) === service && span.name === name && span.kind === kind);
  if (found === undefined) throw new Error(`no span ${name} of ${service} has arrived`);
  return found;
};
const treasuryCall = () => named("treasury", "treasury.v1.TreasuryService/ValidateAccount", KIND.server);

test("Error traces include all upstream service calls leading to the failure", () => {
  const path: string[] = [];
  for (let span: ArrivedSpan | undefined = treasuryCall(); span; span = parentOf(span, spans))
    path.unshift(`${serviceOf(span)} ${span.name}`);
  expect(path).toEqual([
    "gateway POST /accounts",
    "gateway ledger.v1.LedgerService/CreateAccount",
    "ledger ledger.v1.LedgerService/CreateAccount",
    "ledger open account",
    "ledger treasury.v1.TreasuryService/ValidateAccount",
    "treasury treasury.v1.TreasuryService/ValidateAccount",
  ]);
  // And nothing has lost its place.
  expect(spans.filter((span) => parentOf(span, spans) === undefined).map(({ name }) => name)).toEqual([
    "POST /accounts",
  ]);
});

test("Error context is preserved across service boundaries", () => {
  for (const service of ["ledger", "gateway"]) {
    const passedOn = spans.filter(
      (span) => serviceOf(span) === service && span.attributes["tracekeep.relayed.service"] !== undefined,
    );
    expect(passedOn.map((span) => span.kind).sort()).toEqual(
      service === "ledger" ? [KIND.server, KIND.client] : [KIND.client],
    );
    for (const span of passedOn)
      expect(span.attributes).toMatchObject({
        "tracekeep.relayed.service": "treasury",
        "tracekeep.relayed.method": "treasury.v1.TreasuryService/ValidateAccount",
        "tracekeep.relayed.code": "UNAVAILABLE",
      });
  }
  // One issue, where it failed first, that points into the trace.
  expect(stack.intake.errors).toHaveLength(1);
  const [event] = stack.intake.errors;
  expect(event?.tags.service).toBe("treasury");
  expect(event?.contexts.trace.trace_id).toBe(traceId);
  expect(spans.map(({ spanId }) => spanId)).toContain(event?.contexts.trace.span_id);
});

test("Failed traces are automatically captured regardless of sampling rate", () => {
  expect(spans).toHaveLength(FAILED_SPANS);
  expect(stack.intake.spans, "nothing of the request that succeeded").toHaveLength(FAILED_SPANS);
  expect(traceOf(stack.intake, traceId)).toHaveLength(FAILED_SPANS);
  for (const { attributes } of spans)
    expect(attributes).toMatchObject({ "sentry.client_sample_rate": 1, "tracekeep.keep.reason": "error" });
});

test("Error traces include relevant service metadata and request details", () => {
  for (const { resource } of spans)
    expect(resource).toMatchObject({
      "service.name": expect.stringMatching(/^(gateway|ledger|treasury)$/),
      "service.version": expect.any(String),
      "service.instance.id": expect.any(String),
      "deployment.environment.name": expect.any(String),
    });
  const { attributes } = treasuryCall();
  expect(attributes).toMatchObject({
    "rpc.method": "treasury.v1.TreasuryService/ValidateAccount",
    "rpc.status_code": "UNAVAILABLE",
    "network.peer.address": "127.0.0.1",
    "network.peer.port": expect.any(Number),
    "tracekeep.rpc.messages_received": 1,
    "tracekeep.rpc.messages_sent": 0,
    "tracekeep.rpc.bytes_received": expect.any(Number),
  });
  expect(attributes["tracekeep.rpc.bytes_received"]).toBeGreaterThan(0);
  expect(attributes["tracekeep.rpc.deadline_ms"]).toBeGreaterThan(0);
  // Never bodies.
  expect(JSON.stringify(spans)).not.toContain("Ada Lovelace");
});

test("Root cause service is identifiable from error traces", () => {
  const causes = spans.filter((span) => span.attributes["tracekeep.root_cause"] === true);
  expect(causes.map((span) => [serviceOf(span), span.name])).toEqual([["treasury", "ask institution"]]);
  expect(causes[0]?.attributes["exception.message"]).toBe("bank DOWNBANK is not reachable");
});
