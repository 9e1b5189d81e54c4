import { expect, test } from "vitest";
import { PARENT, startTenantScene } from "./harness.ts";

test.each([
  ["64 characters", "t".repeat(64), "t".repeat(64)],
  ["a UUID", "0b8f6c1e-53a1-4f0e-9d55-0d8f0a1f2c3d", "0b8f6c1e-53a1-4f0e-9d55-0d8f0a1f2c3d"],
  ["the same value twice", ["acme", "acme"], "acme"],
])("metadata with %s names the tenant", async (_case, value, expected) => {
  const { call } = await startTenantScene({});
  const { tenant, sent } = await call({ ...PARENT, "x-tenant-id": value });
  expect(tenant).toBe(expected);
  expect(decodeURIComponent(sent.baggage["x-tenant-id"] ?? "")).toBe(expected);
});

test.each([
  ["65 characters", { "x-tenant-id": "t".repeat(65) }],
  ["10 kB", { "x-tenant-id": "t".repeat(10_000) }],
  ["nothing in it", { "x-tenant-id": "   " }],
  ["two different values", { "x-tenant-id": ["acme", "globex"] }],
  ["a member of 65 characters", { baggage: `x-tenant-id=${"t".repeat(65)}` }],
  ["a member with a line break", { baggage: "x-tenant-id=acme%0d%0aevil%3a1" }],
  ["a member with a comma", { baggage: "x-tenant-id=acme%2Cglobex" }],
  ["a member with a NUL", { baggage: "x-tenant-id=%00" }],
  ["a member that cannot be decoded", { baggage: "x-tenant-id=%zz" }],
])("%s names no tenant, and the trace goes on", async (_case, headers) => {
  const { call } = await startTenantScene({});
  const { tenant, sent } = await call({ ...PARENT, ...headers });
  expect(tenant).toBeUndefined();
  expect(PARENT.traceparent).toContain(sent.traceId);
});

test.each([
  ["a card number", "4111 1111 1111 1111"],
  ["an e-mail address", "jane@example.com"],
])("%s for a tenant is masked on the span and in what is sent on", async (_case, secret) => {
  const { call, intake } = await startTenantScene({});
  const { tenant, sent } = await call({ ...PARENT, "x-tenant-id": secret });
  expect(tenant).toBe("[Filtered]");
  expect(decodeURIComponent(sent.baggage["x-tenant-id"] ?? "")).toBe("[Filtered]");
  const member = await call({ ...PARENT, baggage: `x-tenant-id=${encodeURIComponent(secret)}` });
  expect(member.tenant).toBe("[Filtered]");
  for (const { body } of intake.requests) expect(body.toString("latin1")).not.toContain(secret);
});

test("a key that is secret by its name gives nothing away", async () => {
  const { call } = await startTenantScene({ TRACE_TENANT_KEY: "x-api-key" });
  const { tenant, sent } = await call({ ...PARENT, "x-api-key": "k-123456" });
  expect(tenant).toBe("[Filtered]");
  expect(JSON.stringify(sent)).not.toContain("k-123456");
});
