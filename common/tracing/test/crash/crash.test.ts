import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startIntake, type TestIntake } from "../harness/intake.ts";
import { runNode } from "../harness/run-node.ts";
import { type Ended, startService } from "./harness/service.ts";

let intake: TestIntake;
beforeEach(async () => {
  intake = await startIntake();
});
afterEach(() => intake.close());

/** Nothing is sampled, and the timer of a batch is a minute away: what arrives is what the crash has sent. */
const settings = (more: Record<string, string> = {}): Record<string, string> => ({
  SENTRY_DSN: intake.dsn,
  TRACE_SAMPLE_RATE: "0",
  TRACE_EXPORT_INTERVAL_MS: "60000",
  ...more,
});

/** How the process ends, and what it says, where nothing is traced. */
async function withoutTracing(text: string, args: readonly string[] = []): Promise<Ended> {
  const service = await startService({ env: { TRACING_ENABLED: "false" }, args });
  void service.ask(text);
  return service.ended;
}

const withoutPort = ({ code, signal, stdout, stderr }: Ended): Ended => ({
  code,
  signal,
  stdout: stdout.replace(/port \d+/, ""),
  stderr,
});

/** What Node says of the exception, without the stack: tracing stands in that of a promise. */
const complaint = ({ stderr }: Ended): string[] =>
  stderr.split("\n").filter((line) => /^\S*Error: /.test(line));

test.each([
  { text: "timer", type: "Error", message: "thrown in a timer", failing: "probe.v1.ProbeService/Unary" },
  {
    text: "rejection",
    type: "Error",
    message: "rejected by nobody's will",
    failing: "probe.v1.ProbeService/Unary",
  },
  { text: "span", type: "TypeError", message: "rejected in a span", failing: "doomed" },
])("a service dies of an exception ($text): the trace arrives, and it dies as it would have", async (row) => {
  const service = await startService({ env: settings() });
  expect(await service.ask(row.text)).toBe(14);
  const [ended, untraced] = [await service.ended, await withoutTracing(row.text)];
  expect({ code: ended.code, stdout: withoutPort(ended).stdout }).toEqual({
    code: untraced.code,
    stdout: "\n",
  });
  expect(complaint(ended)).toEqual(complaint(untraced));
  const names = intake.spans.map(({ name }) => name);
  const more = row.text === "span" ? ["doomed"] : [];
  expect(names.toSorted()).toEqual(["done before", ...more, "probe.v1.ProbeService/Unary", "under way"]);
  const failing = intake.spans.find(({ name }) => name === row.failing);
  expect(failing?.status).toEqual({ code: 2, message: row.message });
  expect(failing?.attributes).toMatchObject({
    "exception.type": row.type,
    "exception.message": row.message,
    "exception.stacktrace": expect.stringContaining("crashing-service.ts"),
    "error.type": row.type,
    "tracekeep.root_cause": true,
    "tracekeep.keep.reason": row.text === "span" ? "error" : "crash",
  });
  expect(intake.spans.find(({ name }) => name === "under way")).toMatchObject({
    status: { code: 2, message: "The process crashed before this was done." },
    attributes: { "tracekeep.ended_by": "crash" },
  });
  expect(intake.spans.find(({ name }) => name === "done before")?.status.code).toBe(0);
  expect(intake.errors.map(({ exception, contexts }) => [exception.values[0], contexts.trace])).toEqual([
    [
      expect.objectContaining({ type: row.type, value: row.message, stacktrace: expect.anything() }),
      expect.objectContaining({ trace_id: failing?.traceId, span_id: failing?.spanId }),
    ],
  ]);
});

test("a request that is under way when another one crashes the process fails with it: its trace arrives, too", async () => {
  const service = await startService({ env: settings() });
  const other = service.ask("waits");
  expect(await service.ask("timer")).toBe(14);
  expect(await other).toBe(14);
  await service.ended;
  const traces = Map.groupBy(intake.spans, ({ traceId }) => traceId);
  expect(Array.from(traces.values(), (spans) => spans.map(({ name }) => name).toSorted())).toEqual([
    ["done before", "probe.v1.ProbeService/Unary", "under way"],
    ["done before", "probe.v1.ProbeService/Unary", "under way"],
  ]);
  expect(new Set(intake.spans.map(({ attributes }) => attributes["tracekeep.keep.reason"]))).toEqual(
    new Set(["crash"]),
  );
  expect(intake.errors).toHaveLength(1);
});

test("a crash in a storm has its trace and its issue, though the limit of what is kept has been reached", async () => {
  const service = await startService({ env: settings({ TRACE_KEEP_MAX_PER_SECOND: "1" }) });
  expect(await service.ask("fails")).toBe(13);
  expect(await service.ask("timer")).toBe(14);
  await service.ended;
  const names = intake.spans.map(({ name }) => name);
  expect(names).toContain("under way");
  expect(intake.errors.map(({ exception }) => exception.values.at(-1)?.value)).toContain("thrown in a timer");
});

test("a crash keeps no trace where failures are not kept", async () => {
  const service = await startService({ env: settings({ TRACE_KEEP_ERRORS: "false" }) });
  expect(await service.ask("timer")).toBe(14);
  await service.ended;
  expect(intake.spans).toEqual([]);
});

test("an issue that was posted and not answered when the process crashes is sent again", async () => {
  intake.answer = "hang";
  const service = await startService({ env: settings() });
  expect(await service.ask("fails")).toBe(13);
  await intake.until(() => intake.requests.length === 1, "the issue's request");
  intake.answer = { status: 200 };
  expect(await service.ask("timer")).toBe(14);
  await service.ended;
  expect(intake.errors.map(({ exception }) => exception.values.at(-1)?.value)).toEqual(
    expect.arrayContaining(["failed", "thrown in a timer"]),
  );
});

test("a handler that rejects after its answer, where that ends the process, has one issue", async () => {
  const service = await startService({ env: settings(), args: ["answers first"] });
  expect(await service.ask("anything")).toBe(0);
  await service.ended;
  expect(intake.errors.map(({ exception }) => exception.values.at(-1)?.value)).toEqual([
    "rejected after the answer",
  ]);
});

test("the trace of a call that was well is not sent because another one has crashed", async () => {
  const service = await startService({ env: settings() });
  expect(await service.ask("ok")).toBe(0);
  await service.ask("timer");
  await service.ended;
  expect(new Set(intake.spans.map(({ traceId }) => traceId)).size).toBe(1);
});

test("with --unhandled-rejections=warn a rejection is no death, and nothing is done about it", async () => {
  const service = await startService({ env: settings(), execArgv: ["--unhandled-rejections=warn"] });
  expect(await service.ask("rejection")).toBe(0);
  service.stop();
  const { code, stderr } = await service.ended;
  expect(code).toBe(0);
  expect(stderr).toContain("rejected by nobody's will");
  expect(intake.requests).toEqual([]);
});

test("a handler of the service's own lets it live: the trace is kept and sent once, and tracing goes on", async () => {
  const service = await startService({ env: settings(), args: ["lives"] });
  expect(await service.ask("timer")).toBe(0);
  expect(await service.ask("ok")).toBe(0);
  expect(await service.ask("timer")).toBe(0);
  service.stop();
  const { code, stdout, stderr } = await service.ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain("handled thrown in a timer");
  expect(stdout).toContain("listeners 0");
  const ids = intake.spans.map(({ spanId }) => spanId);
  expect(ids).toHaveLength(6);
  expect(new Set(ids).size).toBe(6);
  expect(intake.spans.some(({ attributes }) => "tracekeep.ended_by" in attributes)).toBe(false);
});

test("a handler of the service's own that exits later does not cost the trace", async () => {
  const service = await startService({ env: settings(), args: ["exits"] });
  await service.ask("timer");
  expect(withoutPort(await service.ended)).toMatchObject({ code: 3, stderr: "" });
  expect(intake.spans.map(({ name }) => name).toSorted()).toEqual([
    "done before",
    "probe.v1.ProbeService/Unary",
    "under way",
  ]);
});

test("a handler of the service's own that shuts tracing down costs neither the failing span nor the issue", async () => {
  const service = await startService({ env: settings(), args: ["shuts down"] });
  await service.ask("timer");
  expect(withoutPort(await service.ended)).toMatchObject({ code: 3, stderr: "" });
  const failing = intake.spans.find(({ name }) => name === "probe.v1.ProbeService/Unary");
  expect(failing).toMatchObject({
    status: { code: 2, message: "thrown in a timer" },
    attributes: { "tracekeep.ended_by": "crash", "tracekeep.root_cause": true },
  });
  expect(intake.spans).toHaveLength(3);
  expect(intake.errors.map(({ exception }) => exception.values[0]?.value)).toEqual(["thrown in a timer"]);
});

test("a handler of the service's own that lets it live costs no issue, and makes none twice", async () => {
  const service = await startService({ env: settings(), args: ["lives"] });
  expect(await service.ask("timer")).toBe(0);
  await intake.until(() => intake.errors.length > 0, "the issue");
  service.stop();
  expect((await service.ended).code).toBe(0);
  expect(intake.errors.map(({ exception }) => exception.values[0]?.value)).toEqual(["thrown in a timer"]);
});

test("an exit that has nothing to do with the exception before sends nothing by a child process", async () => {
  const service = await startService({ env: settings(), args: ["lives"] });
  await service.ask("timer");
  await service.ask("quit");
  expect((await service.ended).code).toBe(0);
  expect(intake.requests).toEqual([]);
});

test("TRACE_EXPORT_AT_CRASH=false sends nothing at a crash", async () => {
  const service = await startService({ env: settings({ TRACE_EXPORT_AT_CRASH: "false" }) });
  await service.ask("timer");
  expect((await service.ended).code).toBe(1);
  expect(intake.requests).toEqual([]);
});

test("an endpoint that hangs holds the dying process for a bounded time, and changes nothing else", async () => {
  intake.answer = "hang";
  const service = await startService({ env: settings() });
  await service.ask("timer");
  expect(withoutPort(await service.ended)).toEqual(withoutPort(await withoutTracing("timer")));
  await intake.until(() => intake.requests.length > 0, "the crash's request");
});

test("the key of the destination is on no command line", async () => {
  intake.answer = "hang";
  const service = await startService({ env: settings() });
  void service.ask("timer");
  await intake.until(() => intake.requests.length > 0, "the crash's request");
  const lines = await commandLines();
  await service.ended;
  expect(lines.some((line) => line.includes("node:stream/consumers"))).toBe(true);
  expect(lines.filter((line) => line.includes("publickey"))).toEqual([]);
});

test("an exception in a worker thread sends the worker's trace, and the others live on", async () => {
  const { code, stdout } = await runNode(fileURLToPath(new URL("./fixtures/worker.ts", import.meta.url)), {
    env: settings(),
  });
  expect({ code, stdout }).toEqual({ code: 0, stdout: "the worker died: thrown in a worker\n" });
  expect(intake.spans.map(({ name, status }) => [name, status.message])).toEqual([
    ["in the worker", "thrown in a worker"],
  ]);
  expect(intake.errors).toHaveLength(1);
});

test.each(["sentry", "sentry closes", "sentry and tracing close"])(
  "a service whose own Sentry reports the exception makes no second event of it: %s",
  async (handling) => {
    const service = await startService({ env: settings(), args: [handling] });
    await service.ask("timer");
    await service.ended;
    expect(intake.spans).toHaveLength(3);
    expect(intake.errors).toEqual([]);
  },
);

async function commandLines(): Promise<string[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  return Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")));
}
