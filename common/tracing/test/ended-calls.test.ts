import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { ServerInterceptingCall, type ServerInterceptingCallInterface } from "@grpc/grpc-js";
import { trace } from "@opentelemetry/api";
import { expect, test, vi } from "vitest";
import { startIntake } from "./harness/intake.ts";
import { probeClient, serveProbe, startTestTracing } from "./harness/probe.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;
const REQUESTS = 20;

/** What of the requests may be in memory. */
interface Traces {
  /** Kept by the test, as V8's old space may keep it. */
  readonly held: unknown[];
  /** Must go, by its name. */
  readonly watched: Record<string, WeakRef<object>[]>;
}

/** Makes requests, and waits until nothing that is watched is left. */
async function makeRequests(
  traces: Traces,
  onServerCall: (call: ServerInterceptingCallInterface) => void,
): Promise<void> {
  const { held, watched } = traces;
  const watch = (name: string, object: object = {}) => {
    watched[name] ??= [];
    watched[name].push(new WeakRef(object));
  };
  const intake = await startIntake();
  const tracing = startTestTracing(intake);
  const server = await serveProbe(
    tracing,
    {
      unary(call, callback) {
        watch("spans", trace.getActiveSpan());
        watch("requests", call);
        callback(null, call.request);
      },
    },
    {
      interceptors: [
        ...tracing.serverInterceptors(),
        (_method, call) => {
          onServerCall(call);
          return new ServerInterceptingCall(call);
        },
      ],
    },
  );
  const client = probeClient(tracing, server.address);
  for (let request = 0; request < REQUESTS; request++)
    await new Promise<void>((resolve) => {
      const callback = (): void => resolve();
      watch("callbacks", callback);
      held.push(client.unary({ text: "", count: 0 }, callback));
    });
  for (const [name, references] of Object.entries(watched)) expect(references.length, name).toBe(REQUESTS);
  await vi.waitFor(
    () => {
      collectGarbage();
      for (const [name, references] of Object.entries(watched))
        expect(references.filter((each) => each.deref() !== undefined).length, name).toBe(0);
    },
    { timeout: 30_000, interval: 50 },
  );
  // Until here, and not only until the optimiser sees no more use of it.
  expect(held.filter((each) => typeof each === "object").length).toBe(REQUESTS * 2);

  client.close();
  server.stop();
  await tracing.shutdown(500);
  await intake.close();
}

test("ended calls that are still in memory hold no span, request or callback", async () => {
  const held: unknown[] = [];
  await makeRequests({ held, watched: {} }, (call) => held.push(call));
});

test("a closed stream that is still in memory holds nothing of its call", async () => {
  const held: unknown[] = [];
  const calls: WeakRef<object>[] = [];
  await makeRequests({ held, watched: { calls } }, (call) => {
    calls.push(new WeakRef(call));
    held.push((call as unknown as { readonly stream: object }).stream);
  });
});
