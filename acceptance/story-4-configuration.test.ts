import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runToExit, startService } from "@tracekeep/service/testing";
import { loadTracingConfig } from "tracekeep";
import { describe, expect, test } from "vitest";
import {
  arrived,
  mainOf,
  newTraceId,
  openAccount,
  startIntake,
  startStack,
  traceOf,
} from "./harness/stack.ts";

describe("Story 4: configurable tracing deployment", () => {
  test("the Sentry DSN is configurable via environment variables", async () => {
    const [first, second] = [await startIntake(), await startIntake()];
    for (const intake of [first, second]) {
      const treasury = await startService(mainOf("treasury"), {
        SENTRY_DSN: intake.dsn,
        TRACE_SAMPLE_RATE: "1",
      });
      const gateway = await startService(mainOf("gateway"), {
        SENTRY_DSN: intake.dsn,
        TRACE_SAMPLE_RATE: "1",
        LEDGER_ADDRESS: treasury.address,
      });
      await openAccount(gateway);
      expect([await gateway.stop(), await treasury.stop()]).toEqual([0, 0]);
      expect(intake.spans.map((span) => span.name)).toContain("POST /accounts");
      await intake.close();
    }
    expect(second.spans.every((span) => !first.spans.includes(span))).toBe(true);
  });

  test("the sampling rate is configurable per environment", async () => {
    const total = 400;
    for (const [environment, rate, least, most] of [
      ["development", "1", total, total],
      ["staging", "0.5", 140, 260],
      ["production", "0", 0, 0],
    ] as const) {
      const stack = await startStack({ ENVIRONMENT: environment, TRACE_SAMPLE_RATE: rate });
      await Promise.all(Array.from({ length: total }, () => openAccount(stack.gateway)));
      await stack.stop();
      const roots = stack.intake.spans.filter((span) => span.parentSpanId === "");
      expect(roots.length, environment).toBeGreaterThanOrEqual(least);
      expect(roots.length, environment).toBeLessThanOrEqual(most);
      // Whole traces only, each from this environment, with the rate that Sentry extrapolates by.
      expect(stack.intake.spans.length).toBe(roots.length * 10);
      for (const span of stack.intake.spans) {
        expect(span.resource["deployment.environment.name"]).toBe(environment);
        expect(span.attributes["sentry.client_sample_rate"]).toBe(Number(rate));
      }
    }
  });

  test("tracing can be disabled entirely without code changes", async () => {
    const stack = await startStack({ TRACING_ENABLED: "false" });
    const created = await openAccount(
      stack.gateway,
      {},
      { "sentry-trace": `${newTraceId()}-00f067aa0ba902b7-1` },
    );
    const refused = await openAccount(stack.gateway, { currency: "XXX" });
    const down = await openAccount(stack.gateway, { institution: "DOWNBANK" });
    expect([created.status, refused.status, down.status]).toEqual([201, 400, 503]);
    expect(await stack.stop()).toEqual([0, 0, 0, 0]);
    expect(stack.intake.requests).toEqual([]);
  });

  test("configuration follows the services' pattern: environment over .env over defaults, with fallbacks", async () => {
    const folder = await mkdtemp(join(tmpdir(), "tracekeep-env-"));
    await writeFile(
      join(folder, ".env"),
      "TRACE_SAMPLE_RATE=0.25\nTRACE_ENVIRONMENT=staging\nSERVICE_NAME=from-file\n",
    );
    const service = { serviceName: "ledger", serviceVersion: "2.0.0", environment: "production" };
    const fromFile = loadTracingConfig({ ...service, env: {}, cwd: folder });
    expect(fromFile).toMatchObject({
      sampleRate: 0.25,
      environment: "staging",
      serviceName: "ledger",
      serviceVersion: "2.0.0",
    });
    const fromEnvironment = loadTracingConfig({
      ...service,
      env: { TRACE_SAMPLE_RATE: "1", TRACE_SERVICE_NAME: "renamed" },
      cwd: folder,
    });
    expect(fromEnvironment).toMatchObject({ sampleRate: 1, serviceName: "renamed", environment: "staging" });
    await rm(folder, { recursive: true });
    expect(
      loadTracingConfig({
        env: { SERVICE_NAME: "ledger", SERVICE_VERSION: "1", ENVIRONMENT: "production" },
        cwd: "/",
      }),
    ).toMatchObject({
      enabled: true,
      sentryDsn: undefined,
      sampleRate: 0.01,
      serviceName: "ledger",
      serviceVersion: "1",
      environment: "production",
    });
  });

  test.each(["gateway", "ledger", "treasury"] as const)(
    "invalid configuration of %s fails fast with clear messages",
    async (service) => {
      const started = performance.now();
      const { code, stderr } = await runToExit(mainOf(service), {
        SENTRY_DSN: "https://topsecretkey@sentry.example.com/not-a-project",
        TRACE_SAMPLE_RATE: "1%",
        TRACING_ENABLED: "yes",
        TRACE_METHOD_RULES: "ledger.v1.LedgerService/*=sometimes",
      });
      expect(code).toBe(1);
      expect(performance.now() - started).toBeLessThan(5_000);
      expect(stderr).toContain('TRACE_SAMPLE_RATE is "1%"; write a number from 0 to 1, such as 0.01 for 1%');
      for (const name of ["SENTRY_DSN", "TRACING_ENABLED", "TRACE_METHOD_RULES"])
        expect(stderr).toContain(name);
      expect(stderr).not.toContain("topsecretkey");
      expect(stderr, "a message, not a stack").not.toMatch(/\n\s+at /);
    },
  );

  test("a browser's trace goes on, and an untrusted client cannot force sampling", async () => {
    const [browser, forced] = [newTraceId(), newTraceId()];
    const all = await startStack();
    const continued = await openAccount(
      all.gateway,
      {},
      {
        "sentry-trace": `${browser}-00f067aa0ba902b7-0`,
        baggage: `sentry-trace_id=${browser},sentry-sample_rate=0.5,tenant=a`,
      },
    );
    expect(continued.traceId).toBe(browser);
    const spans = await arrived(all.intake, browser);
    expect(spans.find((span) => span.name === "POST /accounts")?.parentSpanId).toBe("00f067aa0ba902b7");
    await all.stop();

    const none = await startStack({ TRACE_SAMPLE_RATE: "0" });
    const headers = {
      traceparent: `00-${forced}-00f067aa0ba902b7-01`,
      tracestate: "ot=th:0",
      baggage: "sentry-sampled=true",
    };
    expect((await openAccount(none.gateway, {}, headers)).traceId).toBe(forced);
    await none.stop();
    expect(traceOf(none.intake, forced)).toEqual([]);
  });
});
