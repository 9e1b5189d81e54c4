import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { ServerInterceptingCall, type ServerInterceptor } from "@grpc/grpc-js";
import { trace } from "@opentelemetry/api";
import { expect, test, vi } from "vitest";
import { startIntake } from "./harness/intake.ts";
import { probeClient, serveProbe, startTestTracing } from "./harness/probe.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;
const REQUESTS = 20;

/**
 * grpc-js's calls may outlive their end by far in V8's old space: what they led to would be copied by one
 * minor collection after the other until a major one comes.
 */
test("ended calls that are still in memory hold no span, and no callback of the user's", async () => {
  const held: unknown[] = [];
  const spans: WeakRef<object>[] = [];
  const callbacks: WeakRef<object>[] = [];
  const holdCalls: ServerInterceptor = (_method, call) => {
    held.push(call);
    return new ServerInterceptingCall(call);
  };
  const intake = await startIntake();
  const tracing = startTestTracing(intake);
  const server = await serveProbe(
    tracing,
    {
      unary(call, callback) {
        const span = trace.getActiveSpan();
        if (span !== undefined) spans.push(new WeakRef(span));
        callback(null, call.request);
      },
    },
    { interceptors: [...tracing.serverInterceptors(), holdCalls] },
  );
  const client = probeClient(tracing, server.address);
  for (let request = 0; request < REQUESTS; request++)
    await new Promise<void>((resolve) => {
      const callback = (): void => resolve();
      callbacks.push(new WeakRef(callback));
      held.push(client.unary({ text: "", count: 0 }, callback));
    });
  expect([spans.length, callbacks.length, held.length]).toEqual([REQUESTS, REQUESTS, 2 * REQUESTS]);
  const alive = (references: WeakRef<object>[]) => references.filter((each) => each.deref() !== undefined);
  await vi.waitFor(
    () => {
      collectGarbage();
      expect({ spans: alive(spans).length, callbacks: alive(callbacks).length }).toEqual({
        spans: 0,
        callbacks: 0,
      });
    },
    { timeout: 30_000, interval: 50 },
  );
  expect(held.length).toBe(2 * REQUESTS);

  client.close();
  server.stop();
  await tracing.shutdown(500);
  await intake.close();
});
