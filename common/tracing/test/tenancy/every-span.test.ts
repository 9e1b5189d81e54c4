import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { propagation } from "@opentelemetry/api";
import { expect, test } from "vitest";
import { continueTrace, withSpan } from "../../src/index.ts";
import { startIntake } from "../harness/intake.ts";
import { probeClient, startTestTracing } from "../harness/probe.ts";
import { callUnary, serveWire } from "../harness/wire.ts";
import { type MeshSpec, startMesh } from "../keeping/harness/mesh.ts";
import { BROKEN, call, type Plan, type Step } from "../keeping/harness/plan.ts";

const SERVICES: MeshSpec = { gateway: {}, payroll: {}, ledger: {} };
const KEY = { TRACE_TENANT_KEY: "x-tenant-id" };
/** Of three services: three server spans, two client spans, three of business. */
const ALL_SPANS = 8;

const inSpan = (span: string, ...steps: Step[]): Step => ({ span, steps });
const through = (last: Plan): Plan => ({
  steps: [inSpan("check", call("payroll", { steps: [inSpan("pay", call("ledger", last))] }))],
});
const BOOK: Plan = { steps: [inSpan("book")] };

test("a tenant that the first service's metadata names is on every span of the trace, in three services", async () => {
  const mesh = await startMesh(SERVICES, { ...KEY, TRACE_SAMPLE_RATE: "1" });
  const { traceId } = await mesh.ask(through(BOOK), { headers: { "x-tenant-id": "acme" } });
  await mesh.settle();
  const spans = mesh.spansOf({ traceId });
  expect(spans).toHaveLength(ALL_SPANS);
  for (const { attributes } of spans) expect(attributes["tenant.id"]).toBe("acme");

  // The next request over the same connections is somebody else's, and one after it nobody's.
  const other = await mesh.ask(through(BOOK), { headers: { "x-tenant-id": "globex" } });
  const nobody = await mesh.ask(through(BOOK));
  await mesh.settle();
  expect(new Set(mesh.spansOf(other).map(({ attributes }) => attributes["tenant.id"]))).toEqual(
    new Set(["globex"]),
  );
  expect(mesh.spansOf(nobody)).toHaveLength(ALL_SPANS);
  for (const { attributes } of mesh.spansOf(nobody)) expect(attributes).not.toHaveProperty("tenant.id");
});

test("a failed trace that was not sampled has it, too, and a job that begins from headers", async () => {
  const mesh = await startMesh(SERVICES, { ...KEY, TRACE_SAMPLE_RATE: "0" });
  const failing = through({ ...BOOK, ...BROKEN });
  const asked = await mesh.ask(failing, { headers: { "x-tenant-id": "acme" } });
  const job = await mesh.job(failing, { "X-Tenant-Id": "globex" });
  await mesh.settle();
  for (const [outcome, tenant] of [
    [asked, "acme"],
    [job, "globex"],
  ] as const) {
    const spans = mesh.spansOf(outcome);
    expect(spans).toHaveLength(ALL_SPANS);
    for (const { attributes } of spans)
      expect(attributes).toMatchObject({ "tenant.id": tenant, "tracekeep.keep.reason": "error" });
  }
});

test("a service without the setting passes the tenant on and records nothing of it", async () => {
  const { gateway = {}, ledger = {} } = SERVICES;
  const mesh = await startMesh(
    { gateway, payroll: { env: { TRACE_TENANT_KEY: "" } }, ledger },
    { ...KEY, TRACE_SAMPLE_RATE: "1" },
  );
  const { traceId } = await mesh.ask(through(BOOK), { headers: { "x-tenant-id": "acme" } });
  await mesh.settle();
  const spans = mesh.spansOf({ traceId });
  expect(spans).toHaveLength(ALL_SPANS);
  for (const { attributes, resource } of spans)
    expect(attributes["tenant.id"]).toBe(resource["service.name"] === "payroll" ? undefined : "acme");
});

test("without the setting nothing is recorded of a header and a baggage member of that name", async () => {
  const mesh = await startMesh(SERVICES, { TRACE_SAMPLE_RATE: "1" });
  const headers = { "x-tenant-id": "header-marker", baggage: "x-tenant-id=member-marker" };
  const { traceId } = await mesh.ask(through(BOOK), { headers });
  await mesh.settle();
  expect(mesh.spansOf({ traceId })).toHaveLength(ALL_SPANS);
  for (const { body } of mesh.intake.requests) expect(body.toString("latin1")).not.toContain("marker");
});

test("an HTTP request's header names the tenant for the entry, the spans below and the services called", async () => {
  const intake = await startIntake();
  const tracing = startTestTracing(intake, KEY);
  const wire = await serveWire();
  const below = probeClient(tracing, wire.address);
  const seen: unknown[] = [];
  const server = createServer(async (request, response) => {
    await continueTrace(request.headers, { name: "POST /accounts" }, async () => {
      seen.push(propagation.getActiveBaggage()?.getEntry("x-tenant-id")?.value);
      await withSpan("open account", () => callUnary(below));
    });
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await fetch(`http://127.0.0.1:${port}/`, { headers: { "X-TENANT-ID": "acme", baggage: "plan=gold" } });
  await intake.until(() => intake.spans.length === 3, "the entry, the span below and the call");
  for (const { attributes } of intake.spans) expect(attributes["tenant.id"]).toBe("acme");
  expect(wire.headers(1).baggage).toMatchObject({ "x-tenant-id": "acme", plan: "gold" });
  // The handler knows it, too.
  expect(seen).toEqual(["acme"]);

  server.close();
  server.closeAllConnections();
  below.close();
  wire.stop();
  await tracing.shutdown();
  await intake.close();
});
