import { onTestFinished } from "vitest";
import type { Tracing } from "../../src/index.ts";
import { serverSpans } from "../harness/calls.ts";
import { type ArrivedSpan, startIntake, type TestIntake } from "../harness/intake.ts";
import { probeClient, serveProbe, startTestTracing } from "../harness/probe.ts";
import { callUnary, metadataOf, serveWire, type TraceHeaders } from "../harness/wire.ts";

type Headers = Parameters<typeof metadataOf>[0];

/** A traced server that calls an untraced one below, which shows what it gets. */
export interface TenantScene {
  readonly intake: TestIntake;
  readonly tracing: Tracing;
  /** A client's call: the tenant on the server's span, and what the call below carried. */
  call(headers: Headers): Promise<{ readonly tenant: unknown; readonly sent: TraceHeaders }>;
}

export async function startTenantScene(settings: Record<string, string>): Promise<TenantScene> {
  const intake = await startIntake();
  const tracing = startTestTracing(intake, { TRACE_TENANT_KEY: "x-tenant-id", ...settings });
  const wire = await serveWire();
  const below = probeClient(tracing, wire.address);
  const probe = await serveProbe(tracing, {
    async unary(_call, callback) {
      callback(null, await callUnary(below));
    },
  });
  const client = probeClient(undefined, probe.address);
  onTestFinished(async () => {
    client.close();
    below.close();
    probe.stop();
    wire.stop();
    await tracing.shutdown();
    await intake.close();
  });
  return {
    intake,
    tracing,
    async call(headers) {
      const known = serverSpans(intake).length;
      const { count } = await callUnary(client, { metadata: metadataOf(headers) });
      await intake.until(() => serverSpans(intake).length > known, "the server's span");
      const { attributes } = serverSpans(intake)[known] as ArrivedSpan;
      return { tenant: attributes["tenant.id"], sent: wire.headers(count) };
    },
  };
}

export const PARENT = { traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" };
