import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startIntake, type TestIntake } from "../../test/harness/intake.ts";
import { collectLog } from "../../test/harness/probe.ts";
import { Dsn } from "../config/dsn.ts";
import type { Failure } from "../errors/index.ts";
import { createEventPost, type EventPost } from "./event-post.ts";

const FAILURE: Failure = {
  traceId: "0af7651916cd43dd8448eb211c80319c",
  keepId: "0af7651916cd43dd8448eb211c80319c",
  spanId: "b7ad6b7169203331",
  parentSpanId: undefined,
  exception: { type: "Error", message: "crashed", stack: undefined },
  method: "test.Service/Call",
  code: undefined,
};

let intake: TestIntake;
let directory: string;
const log = collectLog();
beforeEach(async () => {
  intake = await startIntake();
  directory = mkdtempSync(join(tmpdir(), "tracekeep-spool-"));
  log.lines.length = 0;
});
afterEach(async () => {
  await intake.close();
  rmSync(directory, { recursive: true });
});

const open = (): EventPost =>
  createEventPost({
    dsn: Dsn.parse(intake.dsn),
    identity: { serviceName: "test", release: "1", environment: "test" },
    export: {
      spool: { directory, bytes: 1_000_000, maxAgeMs: 60_000 },
      ca: undefined,
      timeoutMs: 2_000,
    },
    untraced: (fn) => fn(),
    clean: (text) => text,
    logger: log.logger,
  });

/** Leaves an event in the spool. */
async function crash(): Promise<void> {
  const dying = open();
  expect(dying.rescue([], FAILURE)).toEqual([]);
  await dying.shutdown();
}

test("while Sentry has asked for silence the event of a crash is not sent again, and waits", async () => {
  await crash();
  intake.answer = { status: 429, headers: { "x-sentry-rate-limits": "3600:error:organization" } };
  const post = open();
  await intake.until(() => intake.requests.length === 1, "the first try");
  // The next round begins ten seconds later.
  await delay(11_000);
  expect(intake.requests).toHaveLength(1);
  await post.shutdown();
  expect(readdirSync(directory)).toHaveLength(1);
}, 20_000);

test.each([401, 413, 500])("an event of a crash that is refused with %i is said to be", async (status) => {
  await crash();
  intake.answer = { status };
  const post = open();
  await intake.until(() => intake.requests.length === 1, "the try");
  await expect.poll(() => readdirSync(directory)).toEqual([]);
  expect(log.lines.map(({ level, message }) => [level, message])).toEqual([
    ["warn", expect.stringContaining(`status ${status}`)],
  ]);
  await post.shutdown();
});
