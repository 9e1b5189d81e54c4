import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readRecords } from "../../src/spool/record.ts";
import { startService } from "../crash/harness/service.ts";
import { startIntake, type TestIntake } from "../harness/intake.ts";
import { readSpooled } from "./harness/spools.ts";

let intake: TestIntake;
let directory: string;
beforeEach(async () => {
  intake = await startIntake();
  directory = mkdtempSync(join(tmpdir(), "tracekeep-spool-"));
});
afterEach(async () => {
  await intake.close();
  rmSync(directory, { recursive: true });
});

const settings = (more: Record<string, string> = {}): Record<string, string> => ({
  SENTRY_DSN: intake.dsn,
  TRACE_SAMPLE_RATE: "0",
  TRACE_EXPORT_INTERVAL_MS: "50",
  TRACE_SPOOL_DIR: directory,
  ...more,
});

const DOWN = { status: 503 } as const;
const WELL = { status: 200 } as const;
const names = () => intake.spans.map(({ name }) => name).toSorted();
const TRACE = ["done before", "probe.v1.ProbeService/Unary", "under way"];
const ids = () => intake.spans.map(({ spanId }) => spanId);

/** A service that sends what it finds, until the condition holds. */
async function restart(condition: () => boolean, more: Record<string, string> = {}): Promise<void> {
  const service = await startService({ env: settings(more) });
  await intake.until(condition, "what was in the spool");
  service.stop();
  expect(await service.ended).toMatchObject({ code: 0, stderr: "" });
}

/** What is in the directory; all that belongs to the process that has ended. */
const files = () => readdirSync(directory);

test("what a crash leaves is on disk, and is sent once after the restart", async () => {
  intake.answer = DOWN;
  const service = await startService({ env: settings() });
  await service.ask("timer");
  expect((await service.ended).code).toBe(1);
  expect(files().every((name) => name.endsWith(".ready"))).toBe(true);
  expect(readSpooled(directory).join()).not.toContain("publickey");
  expect(intake.spans).toEqual([]);
  intake.answer = WELL;
  await restart(() => intake.spans.length >= 3 && intake.errors.length >= 1);
  expect(names()).toEqual(TRACE);
  expect(intake.spans[0]?.resource["service.name"]).toBe("crashing");
  expect(intake.errors.map(({ exception }) => exception.values[0]?.value)).toEqual(["thrown in a timer"]);
  expect(files()).toEqual([]);
});

test("what could not be sent at shutdown is sent after the restart", async () => {
  intake.answer = DOWN;
  const service = await startService({ env: settings({ SHUTDOWN_LIMIT: "300" }), args: ["lives"] });
  await service.ask("timer");
  service.stop();
  const { code, stderr } = await service.ended;
  expect(code).toBe(0);
  expect(stderr).not.toContain("lost");
  intake.answer = WELL;
  await restart(() => intake.spans.length >= 3);
  expect(names()).toEqual(TRACE);
  expect(files()).toEqual([]);
});

test("what went to disk because the queue was full survives SIGKILL", async () => {
  intake.answer = DOWN;
  const small = {
    TRACE_EXPORT_QUEUE_BYTES: "65536",
    TRACE_EXPORT_BATCH_BYTES: "16384",
    TRACE_KEEP_MAX_PER_SECOND: "10000",
  };
  const service = await startService({ env: settings(small), args: ["lives"] });
  while (files().length === 0) await service.ask("fails");
  for (let i = 0; i < 100; i++) await service.ask("fails");
  await service.ask("kill");
  expect((await service.ended).signal).toBe("SIGKILL");
  const written = files()
    .flatMap((name) => readRecords(readFileSync(join(directory, name))).records)
    .reduce((sum, { spans }) => sum + spans, 0);
  expect(written).toBeGreaterThan(100);
  intake.answer = WELL;
  await restart(() => intake.spans.length >= written);
  expect(files()).toEqual([]);
  expect([ids().length, new Set(ids()).size]).toEqual([written, written]);
});

test("process.exit() without a shutdown leaves what is kept on disk", async () => {
  intake.answer = DOWN;
  const service = await startService({ env: settings(), args: ["lives"] });
  await service.ask("timer");
  await service.ask("exit");
  expect((await service.ended).code).toBe(4);
  intake.answer = WELL;
  await restart(() => intake.spans.length >= 6);
  // The request that ends the process is cut off with it.
  expect(names()).toEqual([...TRACE, ...TRACE].toSorted());
});

test("two processes that share a directory send each record once", async () => {
  intake.answer = DOWN;
  for (let i = 0; i < 3; i++) {
    const service = await startService({ env: settings() });
    await service.ask("timer");
    await service.ended;
  }
  intake.answer = WELL;
  const both = await Promise.all([1, 2].map(() => startService({ env: settings() })));
  await intake.until(() => intake.spans.length >= 9 && intake.errors.length >= 3, "all of the spool");
  for (const service of both) service.stop();
  for (const service of both) await service.ended;
  expect([ids().length, new Set(ids()).size, intake.errors.length]).toEqual([9, 9, 3]);
  expect(files()).toEqual([]);
});

test("a process with another destination does not send it there", async () => {
  intake.answer = DOWN;
  const service = await startService({ env: settings() });
  await service.ask("timer");
  await service.ended;
  intake.answer = WELL;
  const elsewhere = await startService({ env: settings({ SENTRY_DSN: intake.dsn.replace("/42", "/43") }) });
  await elsewhere.ask("ok");
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  elsewhere.stop();
  await elsewhere.ended;
  expect(intake.spans).toEqual([]);
  await restart(() => intake.spans.length >= 3);
});

test("the envelope protocol's transactions wait on disk, too, without key and time; both are of the delivery", async () => {
  const envelope = { TRACE_EXPORT_PROTOCOL: "envelope" };
  intake.answer = DOWN;
  const service = await startService({ env: settings(envelope) });
  await service.ask("timer");
  await service.ended;
  const spooled = readSpooled(directory);
  expect(spooled.join()).toContain("thrown in a timer");
  expect(spooled.filter((body) => /publickey|sent_at/.test(body))).toEqual([]);
  intake.answer = WELL;
  const from = intake.requests.length;
  const at = Date.now();
  const bodies = () => intake.requests.slice(from).map(({ body }) => body.toString());
  const arrived = () => bodies().filter((body) => body.includes('{"type":"transaction"'));
  await restart(() => arrived().length >= 1 && intake.errors.length >= 1, envelope);
  expect(arrived()).toHaveLength(1);
  expect(intake.errors).toHaveLength(1);
  const headers = bodies()
    .filter((body) => !body.includes('{"type":"client_report"'))
    .map((body) => JSON.parse(body.split("\n")[0] ?? ""));
  expect(headers.map(({ trace }) => trace.public_key)).toEqual(["publickey", "publickey"]);
  expect(headers.map(({ sent_at }) => Date.parse(sent_at) >= at)).toEqual([true, true]);
});

test("a directory that cannot be used costs one warning, and nothing else", async () => {
  const service = await startService({ env: settings({ TRACE_SPOOL_DIR: "/proc/tracekeep" }) });
  await service.ask("timer");
  const { code, stderr } = await service.ended;
  expect(code).toBe(1);
  expect(names()).toEqual(TRACE);
  expect(stderr.match(/tracekeep warning/g)?.length).toBeGreaterThan(0);
});
