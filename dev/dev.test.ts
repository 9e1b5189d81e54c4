import { once } from "node:events";
import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { problemsOf } from "../demo/check.ts";
import { scenario } from "../demo/scenario.ts";
import { SERVICE_NAMES } from "../demo/settings.ts";
import { type DevProcess, ROOT, startDev } from "./testing/dev-process.ts";
import { freePorts, isTaken } from "./testing/free-ports.ts";

async function expectNothingLeft({ ports }: DevProcess): Promise<void> {
  for (const name of SERVICE_NAMES) expect(await isTaken(ports[name]), name).toBe(false);
}

describe("npm run dev", () => {
  it("sends requests when asked to, shows where each trace is, whole, and leaves nothing behind", async () => {
    const dev = await startDev({ args: ["--traffic"] });
    await dev.up();
    await dev.says(/A client leaves.*Trace: /s);
    const urls = [...dev.output.matchAll(/^Trace: (\S+\/trace\/([0-9a-f]{32}))$/gm)];
    expect(urls).toHaveLength(scenario.length);
    for (const [index, [, url = "", traceId = ""]] of urls.entries()) {
      const expected = scenario[index]?.expected;
      if (!expected) throw new Error(`no step ${index}`);
      // The check of a trace covers its environment, which must be development everywhere.
      await dev.trace(
        traceId,
        (trace) => problemsOf(trace, [], { ...expected, error: undefined }).length === 0,
      );
      expect((await fetch(url)).status, "the page of the trace").toBe(200);
    }
    const since = dev.output.length;
    dev.type("f");
    const [, traceId = ""] = await dev.says(/^Trace: \S+\/trace\/([0-9a-f]{32})$/m, since);
    expect(dev.output.slice(since)).toContain("answered 503");
    expect((await dev.trace(traceId, ({ failed, nodes }) => failed && nodes.length === 9)).services).toEqual([
      "gateway",
      "ledger",
      "treasury",
    ]);
    dev.type("l");
    await dev.says(/200 requests were answered in .*Failed: .*Failed: /s, since);
    dev.type("anything");
    await dev.says(/Enter or r: a round of requests/, since);
    dev.type("q");
    expect(await dev.exitCode(), dev.output).toBe(0);
    await expectNothingLeft(dev);
  }, 90_000);

  it("repeats a round: nothing of the one before is in its way", async () => {
    const dev = await startDev();
    await dev.up();
    for (const command of ["", "r"]) {
      const since = dev.output.length;
      dev.type(command);
      await dev.says(/A client leaves.*Trace: /s, since);
      const round = dev.output.slice(since);
      expect(round).toContain("50 of 50 paid, 0 failed");
      expect(round).toContain("the client left after 4 payments");
      expect(round).not.toContain("✗");
    }
  }, 90_000);

  it("says that there is no trace where tracing is off, for each kind of request", async () => {
    const dev = await startDev({ env: { TRACING_ENABLED: "false" } });
    await dev.up();
    const since = dev.output.length;
    dev.type("r");
    await dev.says(/A client leaves.*tracing is off: no trace/s, since);
    const round = dev.output.slice(since);
    expect(round.match(/^tracing is off: no trace$/gm)).toHaveLength(scenario.length);
    dev.type("l");
    await dev.says(/200 requests were answered in .*tracing is off: no trace/s, dev.output.length);
    expect(dev.output.slice(since)).not.toMatch(/✗|Trace: |Failed: /);
  }, 60_000);

  it("reads keys in a terminal, without Enter, and ends by Ctrl-C with the terminal as it was", async () => {
    const dev = await startDev({ terminal: true });
    await dev.up();
    const since = dev.output.length;
    dev.press("f");
    await dev.says(/answered 503.*Trace: /s, since);
    dev.press("\u0003");
    expect(await dev.exitCode(), dev.output).toBe(0);
    expect(dev.output).toMatch(/treasury\S* .*stopped.*[^-]icanon/s);
    await expectNothingLeft(dev);
  }, 60_000);

  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)(
    "ends all it has started on %s, also while it starts",
    async (signal, code) => {
      const starting = await startDev();
      await starting.says(/Traces are shown at/);
      await starting.says(/listening/);
      starting.signal(signal);
      expect(await starting.exitCode()).toBe(code);
      await expectNothingLeft(starting);

      const running = await startDev();
      await running.up();
      running.signal(signal);
      expect(await running.exitCode()).toBe(0);
      // Each before those that it calls: what is under way ends well.
      const stopped = Array.from(running.output.matchAll(/(\w+) +info +stopped$/gm), ([, name]) => name);
      expect(stopped).toEqual(SERVICE_NAMES.toReversed());
      await expectNothingLeft(running);
    },
    60_000,
  );

  it.each(["viewer", "ledger"])("says who has the port of the %s, and what to do", async (use) => {
    const [port = 0] = await freePorts(1);
    const holder = createServer().listen(port, "127.0.0.1");
    await once(holder, "listening");
    const [args, advice] =
      use === "viewer"
        ? [["--port", String(port)], "--port N (0 takes a free one)"]
        : [["--set", `ledger:PORT=${port}`], "--set ledger:PORT=N"];
    const dev = await startDev({ args });
    expect(await dev.exitCode()).toBe(1);
    expect(dev.output).toContain(`port ${port}, for the ${use}, is in use by process ${process.pid} (`);
    expect(dev.output).toContain(advice);
    expect(dev.output).not.toMatch(/\n\s+at /);
    await once(holder.close(), "close");
  });
});

describe("the command line", () => {
  it.each([
    ["--unknown", "--unknown"],
    ["stray", "stray"],
    ["--port=70000", "whole number from 0 to 65535"],
    ["--set=gateway:PORT=0", "--set gateway:PORT 0: expected a whole number from 1 to 65535"],
    ["--set=bank:PORT=1", "treasury, ledger, payroll, gateway"],
  ])("refuses %s with exit code 2", async (argument, message) => {
    const dev = await startDev({ args: [argument] });
    expect(await dev.exitCode()).toBe(2);
    expect(dev.output).toContain(message);
    expect(dev.output).toContain("npm run dev -- --help");
  });

  it("explains itself with --help", async () => {
    const dev = await startDev({ args: ["--help"], root: ROOT });
    expect(await dev.exitCode()).toBe(0);
    for (const text of ["--traffic", "--port N", "--set SERVICE", "--open", "SENTRY_DSN", "200 requests"])
      expect(dev.output).toContain(text);
  });
});
