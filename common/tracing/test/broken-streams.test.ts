import { afterEach, beforeEach, expect, test } from "vitest";
import type { Tracing } from "../src/index.ts";
import { startIntake, type TestIntake } from "./harness/intake.ts";
import {
  type ProbeHandlers,
  type ProbeServer,
  probeClient,
  serveProbe,
  startTestTracing,
} from "./harness/probe.ts";

let intake: TestIntake;
let tracing: Tracing;
let probe: ProbeServer | undefined;
beforeEach(async () => {
  intake = await startIntake();
  tracing = startTestTracing(intake);
});
afterEach(async () => {
  probe?.stop();
  await tracing.shutdown();
  await intake.close();
});

async function connect(handlers: ProbeHandlers): Promise<ReturnType<typeof probeClient>> {
  probe = await serveProbe(tracing, handlers);
  return probeClient(tracing, probe.address);
}

const serverSpan = () => intake.spans.find(({ kind }) => kind === 2);

test("LIFE-04: a stream that the handler destroys with an error, and the client gives up, has failed with that error", async () => {
  const { promise: broken, resolve } = Promise.withResolvers<void>();
  const client = await connect({
    serverStream(call) {
      call.write({ text: "", count: 1 });
      setImmediate(() => {
        call.destroy(new RangeError("database gone"));
        setImmediate(resolve);
      });
    },
  });
  const call = client.serverStream({ text: "", count: 0 });
  call.on("data", () => {}).on("error", () => {});
  await broken;
  call.cancel();
  await intake.until(
    () => serverSpan() !== undefined && intake.errors.length === 1,
    "the span and its issue",
  );
  expect(serverSpan()?.status.code).toBe(2);
  expect(serverSpan()?.attributes["exception.type"]).toBe("RangeError");
  expect(intake.errors[0]?.exception.values.at(-1)).toMatchObject({ value: "database gone" });
  client.close();
});

test("LIFE-04: a stream that ends since its client has gone has not failed, whatever its handler says to that", async () => {
  const { promise: begun, resolve } = Promise.withResolvers<void>();
  const client = await connect({
    serverStream(call) {
      call.write({ text: "", count: 1 });
      call.on("cancelled", () => call.destroy(Object.assign(new Error("aborted"), { code: "ABORT_ERR" })));
      resolve();
    },
  });
  const call = client.serverStream({ text: "", count: 0 });
  call.on("data", () => {}).on("error", () => {});
  await begun;
  call.cancel();
  await intake.until(() => serverSpan() !== undefined, "the server's span");
  expect(serverSpan()?.status.code).toBe(0);
  await tracing.forceFlush();
  expect(intake.errors).toEqual([]);
  client.close();
});

test("STAT-05: what a client stream's handler emits as an error is recorded with type and stack", async () => {
  const client = await connect({
    clientStream: (call) => void call.emit("error", new RangeError("too many")),
  });
  await new Promise((resolve) => client.clientStream(resolve).end());
  await intake.until(() => serverSpan() !== undefined, "the server's span");
  expect(serverSpan()?.attributes).toMatchObject({
    "rpc.status_code": "UNKNOWN",
    "exception.type": "RangeError",
    "exception.stacktrace": expect.stringContaining("broken-streams.test.ts"),
  });
  client.close();
});
