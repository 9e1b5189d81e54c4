import { credentials } from "@grpc/grpc-js";
import { LedgerServiceClient, ListAccountsRequest } from "@tracekeep/proto/ledger/v1";
import { TreasuryServiceClient } from "@tracekeep/proto/treasury/v1";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  arrived,
  KIND,
  newTraceId,
  openAccount,
  parentOf,
  type Stack,
  serviceOf,
  startStack,
  traceOf,
} from "./harness/stack.ts";

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack?.stop());

describe("Story 1: end-to-end request tracing", () => {
  test("traces are generated for all incoming gRPC requests", async () => {
    const ledger = new LedgerServiceClient(stack.ledger.address, credentials.createInsecure());
    const treasury = new TreasuryServiceClient(stack.treasury.address, credentials.createInsecure());
    const validation = { currency: "EUR", institution: "NORDBANK", accountHolder: "Ada" };
    await new Promise((resolve) => ledger.listAccounts(ListAccountsRequest.create(), resolve));
    await new Promise((resolve) => ledger.getAccount({ accountId: "none" } as never, resolve));
    await new Promise((resolve) => treasury.listCurrencies({}, resolve));
    await new Promise((resolve) => treasury.listInstitutions({}, resolve));
    await new Promise((resolve) => treasury.validateAccount(validation as never, resolve));
    const expected = [
      "ledger.v1.LedgerService/ListAccounts",
      "ledger.v1.LedgerService/GetAccount",
      "treasury.v1.TreasuryService/ListCurrencies",
      "treasury.v1.TreasuryService/ListInstitutions",
      "treasury.v1.TreasuryService/ValidateAccount",
    ];
    const isEntry = (name: string) =>
      stack.intake.spans.some((span) => span.name === name && span.parentSpanId === "");
    await stack.intake.until(() => expected.every(isEntry), "a trace for each call");
    ledger.close();
    treasury.close();
  });

  test("trace context is propagated to all downstream service calls", async () => {
    const { traceId } = await openAccount(stack.gateway);
    const spans = await arrived(stack.intake, traceId);
    const servers = spans.filter((span) => span.kind === KIND.server && serviceOf(span) !== "gateway");
    expect(servers.map(serviceOf).sort()).toEqual(["ledger", "treasury"]);
    for (const server of servers) {
      const caller = parentOf(server, spans);
      expect(caller?.kind, `the span above ${server.name}`).toBe(KIND.client);
      expect(caller?.name).toBe(server.name);
      expect(caller && serviceOf(caller)).not.toBe(serviceOf(server));
    }
  });

  test("all services contribute spans to the distributed trace", async () => {
    const { traceId } = await openAccount(stack.gateway);
    const spans = await arrived(stack.intake, traceId);
    expect(new Set(spans.map(serviceOf))).toEqual(new Set(["gateway", "ledger", "treasury"]));
    expect(new Set(spans.map((span) => span.resource["service.instance.id"])).size).toBe(3);
  });

  test("the complete trace appears in Sentry with all service spans", async () => {
    const before = stack.intake.requests.length;
    const { traceId } = await openAccount(stack.gateway);
    const spans = await arrived(stack.intake, traceId);
    const roots = spans.filter((span) => span.parentSpanId === "");
    expect(roots.map((span) => span.name)).toEqual(["POST /accounts"]);
    expect(spans.filter((span) => span !== roots[0] && parentOf(span, spans) === undefined)).toEqual([]);
    // Sentry's intake: path, key and encoding; its mapping: release, operation, first span of each service.
    for (const request of stack.intake.requests.slice(before)) {
      expect(request.path).toBe("/api/42/integration/otlp/v1/traces");
      expect(request.headers).toMatchObject({
        "x-sentry-auth": "sentry sentry_key=publickey",
        "content-type": "application/x-protobuf",
        "content-encoding": "gzip",
      });
    }
    expect(
      spans.every((span) => span.attributes["sentry.release"] === span.resource["service.version"]),
    ).toBe(true);
    const firstOfService = spans.filter((span) => span.parentSpanId === "" || (span.flags & 0x300) === 0x300);
    expect(firstOfService.map(serviceOf).sort()).toEqual(["gateway", "ledger", "treasury"]);
  });

  test("trace timing accurately reflects actual service call durations", { retry: 3 }, async () => {
    const started = performance.timeOrigin + performance.now();
    const { traceId } = await openAccount(stack.gateway);
    const took = performance.timeOrigin + performance.now() - started;
    const spans = await arrived(stack.intake, traceId);
    for (const span of spans) {
      const parent = parentOf(span, spans);
      expect(span.end).toBeGreaterThanOrEqual(span.start);
      if (parent === undefined) continue;
      const drift = serviceOf(parent) === serviceOf(span) ? 0 : 5_000;
      expect(span.start, `${span.name} begins within ${parent.name}`).toBeGreaterThanOrEqual(
        parent.start - drift,
      );
      expect(span.end, `${span.name} ends within ${parent.name}`).toBeLessThanOrEqual(parent.end + drift);
    }
    const root = spans.find((span) => span.parentSpanId === "");
    const duration = ((root?.end ?? 0) - (root?.start ?? 0)) / 1_000;
    expect(duration).toBeGreaterThan(0);
    expect(duration, "the request's span against the client's own clock").toBeLessThanOrEqual(took + 5);
  });

  test("200 concurrent requests keep their own parents", async () => {
    const ids = Array.from({ length: 200 }, newTraceId);
    const parents = ids.map((id) => `${id.slice(0, 15)}1`);
    await Promise.all(
      ids.map((id, index) => openAccount(stack.gateway, {}, { "sentry-trace": `${id}-${parents[index]}` })),
    );
    await stack.intake.until(
      () => ids.every((id) => traceOf(stack.intake, id).length === 10),
      "200 whole traces",
      30_000,
    );
    ids.forEach((id, index) => {
      const spans = traceOf(stack.intake, id);
      const above = spans.map((span) => parentOf(span, spans)?.name ?? span.parentSpanId);
      expect(above.filter((name) => name === parents[index])).toHaveLength(1);
      expect(spans.map(serviceOf).sort()).toEqual([
        ...Array(2).fill("gateway"),
        ...Array(4).fill("ledger"),
        ...Array(4).fill("treasury"),
      ]);
    });
  });
});
