import { startIntake, startViewer } from "tracekeep-viewer";
import { expect, test, vi } from "vitest";
import { runCli, startCli } from "./harness/run-cli.ts";

const send = (dsn: string, service: string, ...args: string[]) =>
  runCli(["send-test", "--service", service, ...args], { SENTRY_DSN: dsn });
const LIMIT = { timeout: 60_000 };

test("traces are printed as they come, those from before are not, and Ctrl-C ends it with 0", async () => {
  await using viewer = await startViewer();
  await send(viewer.intake.dsn, "earlier");
  const tail = startCli(["tail", "--url", viewer.url]);
  // The list is followed from now on, but when that is, only another trace can tell.
  await vi.waitFor(async () => {
    await send(viewer.intake.dsn, "ledger");
    expect(tail.stdout()).toContain("ledger");
  }, LIMIT);
  const printed = tail.stdout();
  expect(printed).toContain("tracekeep test");
  expect(printed).toContain("test call");
  expect(printed).toMatch(/\/trace\/[0-9a-f]{32}\n/);
  expect(printed).not.toContain("earlier");
  tail.interrupt();
  expect(await tail.ended).toBe(0);
  expect(tail.stderr()).toBe("");
});

test("--errors, --service and --json: one line of JSON for each trace that is wanted", async () => {
  await using viewer = await startViewer();
  const tail = startCli(["tail", "--url", viewer.url, "--errors", "--service", "ledger", "--json"]);
  await vi.waitFor(async () => {
    await send(viewer.intake.dsn, "treasury", "--error");
    await send(viewer.intake.dsn, "ledger");
    await send(viewer.intake.dsn, "ledger", "--error");
    expect(tail.stdout()).not.toBe("");
  }, LIMIT);
  tail.interrupt();
  expect(await tail.ended).toBe(0);
  for (const line of tail.stdout().trim().split("\n")) {
    expect(JSON.parse(line)).toMatchObject({
      service: "ledger",
      status: "failed",
      spans: 3,
      url: expect.stringContaining("/trace/"),
    });
  }
});

test("it waits for a viewer that is not there yet, says so once, and goes on after a restart", async () => {
  const first = await startViewer();
  const { port } = first.intake;
  await first.close();
  const tail = startCli(["tail", "--url", `http://127.0.0.1:${port}`]);
  await vi.waitFor(() => expect(tail.stderr()).toContain("waiting for the viewer"), LIMIT);
  for (const round of ["ledger", "payroll"]) {
    const viewer = await startViewer({ port });
    await vi.waitFor(async () => {
      await send(viewer.intake.dsn, round);
      expect(tail.stdout()).toContain(round);
    }, LIMIT);
    await viewer.close();
    const times = round === "ledger" ? 2 : 3;
    await vi.waitFor(() => expect(tail.stderr().match(/waiting for/g)).toHaveLength(times), LIMIT);
  }
  tail.interrupt();
  expect(await tail.ended).toBe(0);
});

test("what is no viewer is said to be none", async () => {
  await using intake = await startIntake();
  const tail = startCli(["tail", "--url", intake.url]);
  expect(await tail.ended).toBe(1);
  expect(tail.stderr()).toContain("is not a Tracekeep viewer");
});
