import { startViewer, type Viewer } from "tracekeep-viewer";
import { expect, test, vi } from "vitest";
import { type RunningCli, runCli, startCli } from "./harness/run-cli.ts";

const LIMIT = { timeout: 60_000 };

/** `tail` as it follows the viewer's list: it has printed a trace. */
async function startTail(viewer: Viewer): Promise<RunningCli> {
  const tail = startCli(["tail", "--url", viewer.url]);
  await vi.waitFor(async () => {
    await runCli(["send-test"], { SENTRY_DSN: viewer.intake.dsn });
    expect(tail.stdout()).toContain("tracekeep test");
  }, LIMIT);
  return tail;
}

/** Sends spans of one trace with so many attributes each. */
async function send(viewer: Viewer, traceId: string, ids: readonly number[], attributes: number) {
  const spans = ids.map((id) => ({
    traceId,
    spanId: id.toString(16).padStart(16, "0"),
    name: "large work",
    startTimeUnixNano: "1767323045000000000",
    endTimeUnixNano: "1767323045001000000",
    attributes: Array.from({ length: attributes }, (_, index) => ({ key: `a${index}` })),
  }));
  const { status } = await fetch(new URL("/v1/traces", viewer.url), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }),
  });
  expect(status).toBe(200);
}

test("a trace is printed although it has more values than one request may bring", async () => {
  await using viewer = await startViewer();
  const tail = await startTail(viewer);
  const traceId = "1".repeat(32);
  const ids = Array.from({ length: 1_000 }, (_, index) => index + 1);
  // On its way here, each attribute is one value, and on its way back two.
  await send(viewer, traceId, ids, 200);
  await vi.waitFor(() => expect(tail.stdout()).toContain(`/trace/${traceId}\n`), LIMIT);
  expect(tail.stdout()).toContain("1000 spans");
  expect(tail.stderr()).toBe("");
});

test("a trace that cannot be printed is named with the reason, and those after it are printed", async () => {
  await using viewer = await startViewer();
  const tail = await startTail(viewer);
  await send(viewer, "2".repeat(32), [1], 130_000);
  await vi.waitFor(() => expect(tail.stderr()).not.toBe(""), LIMIT);
  expect(tail.stderr()).toMatch(
    new RegExp(`^tracekeep: cannot print ${viewer.url}trace/2{32}: more than 250000 values.*\\n$`),
  );
  await send(viewer, "3".repeat(32), [1], 1);
  await vi.waitFor(() => expect(tail.stdout()).toContain(`/trace/${"3".repeat(32)}\n`), LIMIT);
  expect(tail.stdout()).not.toContain("2".repeat(32));
});
