import { expect, test } from "vitest";
import { PARENT, startTenantScene } from "./harness.ts";

const CLAIM = { ...PARENT, baggage: "x-tenant-id=claimed,plan=gold" };

test("a trusted caller's baggage names the tenant, metadata beats it, and both travel as one member", async () => {
  const { call } = await startTenantScene({});
  const claimed = await call(CLAIM);
  expect(claimed.tenant).toBe("claimed");
  expect(claimed.sent.baggage).toMatchObject({ "x-tenant-id": "claimed", plan: "gold" });

  const both = await call({ ...CLAIM, "x-tenant-id": "acme" });
  expect(both.tenant).toBe("acme");
  expect(both.sent.baggage).toMatchObject({ "x-tenant-id": "acme", plan: "gold" });
});

test.each([
  ["ids", { plan: "gold" }],
  ["none", {}],
])(
  "trust %s: a client's baggage names no tenant, here or further down; the metadata does",
  async (trust, others) => {
    const { call } = await startTenantScene({ TRACE_TRUST_REMOTE: trust, TRACE_SAMPLE_RATE: "1" });
    for (const headers of [CLAIM, { baggage: CLAIM.baggage }]) {
      const claimed = await call(headers);
      expect(claimed.tenant).toBeUndefined();
      expect(claimed.sent.baggage).toMatchObject(others);
      expect(claimed.sent.baggage).not.toHaveProperty("x-tenant-id");

      const named = await call({ ...headers, "x-tenant-id": "acme" });
      expect(named.tenant).toBe("acme");
      expect(named.sent.baggage).toMatchObject({ ...others, "x-tenant-id": "acme" });
    }
  },
);

test("of the baggage nothing but the tenant is recorded", async () => {
  const { call, intake, tracing } = await startTenantScene({});
  await call({
    ...PARENT,
    baggage: "x-tenant-id=acme;note=marker-1,tenant.id=marker-2,email=marker-3,tenant=marker-4",
  });
  await tracing.forceFlush();
  for (const { body } of intake.requests) expect(body.toString("latin1")).not.toContain("marker");
  expect(intake.spans.length).toBeGreaterThan(1);
});

test.each([
  ["127.0.0.1;baggage=sentry", undefined],
  ["127.0.0.1", "acme"],
])("to a host of the list %j the tenant %s is told", async (targets, told) => {
  const { call } = await startTenantScene({ TRACE_PROPAGATION_TARGETS: targets });
  const { tenant, sent } = await call({ ...PARENT, "x-tenant-id": "acme" });
  expect(tenant).toBe("acme");
  expect(sent.baggage["x-tenant-id"]).toBe(told);
});
