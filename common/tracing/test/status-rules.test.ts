import { Metadata } from "@grpc/grpc-js";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  loadTracingConfig,
  type StatusRule,
  startTracing,
  TracekeepError,
  type Tracing,
} from "../src/index.ts";
import { type ArrivedSpan, startIntake, type TestIntake } from "./harness/intake.ts";
import { collectLog, type ProbeServer, probeClient, serveProbe, startTestTracing } from "./harness/probe.ts";

const PLANNED: StatusRule = {
  method: "probe.v1.ProbeService/ServerStream",
  codes: ["DEADLINE_EXCEEDED"],
  meaning: "answer",
};

let intake: TestIntake;
let tracing: Tracing;
let probe: ProbeServer;

beforeEach(async () => {
  intake = await startIntake();
});
afterEach(async () => {
  probe.stop();
  await tracing.shutdown();
  await intake.close();
});

async function serve(
  statusRules: readonly StatusRule[],
  settings: Record<string, string> = {},
): Promise<void> {
  tracing = startTestTracing(intake, settings, collectLog().logger, statusRules);
  probe = await serveProbe(tracing, {
    serverStream() {},
    unary(call, callback) {
      if (call.request.text !== "") callback({ code: Number(call.request.text), details: "as asked" });
    },
  });
}

const spansOf = (method: string): ArrivedSpan[] =>
  intake.spans.filter((span) => span.name === `probe.v1.ProbeService/${method}`);

/** Opens a stream that its deadline ends, as a client does that plans to reconnect. */
function reconnectingStream(client: ReturnType<typeof probeClient>): Promise<unknown> {
  return new Promise((resolve) => {
    const call = client.serverStream({ text: "", count: 0 }, { deadline: Date.now() + 100 });
    call.on("data", () => {}).on("error", resolve);
  });
}

test("STAT-04: a stream whose deadline is planned ends without an error, and a unary call's deadline stays one", async () => {
  await serve([PLANNED]);
  const client = probeClient(tracing, probe.address);
  await Promise.all([
    reconnectingStream(client),
    new Promise((resolve) =>
      client.unary({ text: "", count: 0 }, new Metadata(), { deadline: Date.now() + 100 }, resolve),
    ),
  ]);
  client.close();
  await intake.until(
    () => intake.spans.length === 4 && intake.errors.length === 1,
    "four spans and one error event",
  );
  for (const span of spansOf("ServerStream")) {
    expect(span.attributes["rpc.status_code"]).toBe("DEADLINE_EXCEEDED");
    expect(span.status.code).toBe(0);
  }
  for (const span of spansOf("Unary")) expect(span.status.code).toBe(2);
  expect(intake.errors[0]?.tags["rpc.method"]).toBe("probe.v1.ProbeService/Unary");
});

test("STAT-04: a hundred planned reconnects at 1 % make about one trace and no error event", async () => {
  await serve([PLANNED], { TRACE_SAMPLE_RATE: "0.01" });
  const client = probeClient(tracing, probe.address);
  await Promise.all(Array.from({ length: 100 }, () => reconnectingStream(client)));
  client.close();
  await tracing.forceFlush();
  expect(tracing.stats().errors.reported).toBe(0);
  // The odds of more than 15 of 100 at 1 % are below 1 in 10^13.
  expect(spansOf("ServerStream").length / 2).toBeLessThanOrEqual(15);
});

test("STAT-04: a planned deadline that leaves withSpan as an error is none there, either", async () => {
  await serve([PLANNED]);
  const client = probeClient(tracing, probe.address);
  const read = () =>
    tracing.withSpan("read feed", async () => {
      for await (const _ of client.serverStream({ text: "", count: 0 }, { deadline: Date.now() + 100 }));
    });
  await expect(read()).rejects.toThrow("DEADLINE_EXCEEDED");
  client.close();
  await tracing.forceFlush();
  await intake.until(() => intake.spans.length === 3, "three spans");
  expect(intake.spans.map(({ status }) => status.code)).toEqual([0, 0, 0]);
  expect(tracing.stats().errors.reported).toBe(0);
});

test("STAT-02: what a status means can be changed by code, method and side; the first rule counts", async () => {
  await serve([
    { method: "probe.v1.*/Unary", side: "client", codes: ["NOT_FOUND"], meaning: "answer" },
    { side: "server", codes: ["NOT_FOUND"], meaning: "failure" },
    { codes: ["NOT_FOUND", "ABORTED"], meaning: "error" },
  ]);
  const client = probeClient(tracing, probe.address);
  const ask = (text: string) => new Promise((resolve) => client.unary({ text, count: 0 }, resolve));
  await ask("5");
  await ask("10");
  client.close();
  await intake.until(
    () => intake.spans.length === 4 && intake.errors.length === 1,
    "four spans and one error event",
  );
  const status = (kind: number, name: string) =>
    spansOf("Unary").find((span) => span.kind === kind && span.attributes["rpc.status_code"] === name)?.status
      .code;
  expect([status(2, "NOT_FOUND"), status(3, "NOT_FOUND")]).toEqual([2, 0]);
  expect([status(2, "ABORTED"), status(3, "ABORTED")]).toEqual([2, 2]);
  expect(intake.errors[0]?.tags["rpc.status_code"]).toBe("NOT_FOUND");
});

test.each([
  [{ codes: ["NOT_FUND"], meaning: "error" }, '"NOT_FUND", which is no gRPC status'],
  [{ codes: ["ABORTED"], meaning: "fine" }, 'the meaning "fine"; write one of failure, error, answer'],
])("a rule that cannot be meant is refused at the start: %o", async (rule, message) => {
  await serve([]);
  const config = loadTracingConfig({ env: { SENTRY_DSN: intake.dsn }, cwd: "/" });
  const start = () => startTracing(config, { statusRules: [rule as StatusRule] });
  expect(start).toThrow(TracekeepError);
  expect(start).toThrow(message);
});
