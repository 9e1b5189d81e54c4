import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeExportRequest, spansOf, startIntake } from "tracekeep-viewer";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tracekeep-demo-test-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** The demo as a user runs it. */
class Demo {
  readonly child: ChildProcess;
  output = "";
  readonly #ended: Promise<unknown[]>;

  constructor(args: readonly string[], env: Record<string, string> = {}) {
    const { SENTRY_DSN: _, ...rest } = process.env;
    this.child = spawn(process.execPath, [join(import.meta.dirname, "main.ts"), ...args], {
      env: { ...rest, TMPDIR: folder, ...env },
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        this.output += text;
      });
    }
    this.#ended = once(this.child, "close");
  }

  async exitCode(): Promise<unknown> {
    return (await this.#ended)[0];
  }

  async says(text: string): Promise<void> {
    while (!this.output.includes(text)) await once(this.child.stdout ?? this.child, "data");
  }

  /** host:port of each service. */
  addresses(): string[] {
    return [...this.output.matchAll(/listens on (\S+)/g)].map(([, address = ""]) => address);
  }
}

async function accepts(address: string): Promise<boolean> {
  const [host = "", port] = address.split(":");
  const socket = connect(Number(port), host);
  const connected = await once(socket, "connect").then(
    () => true,
    () => false,
  );
  socket.destroy();
  return connected;
}

describe("npm run demo", () => {
  it("shows six whole traces, then finds every failed one among two thousand, and leaves nothing behind", async () => {
    const json = join(folder, "out", "traces.jsonl");
    const svg = join(folder, "out", "trace.svg");
    const demo = new Demo(["--json", json, "--svg", svg]);
    expect(await demo.exitCode(), demo.output).toBe(0);
    expect(demo.output).toContain("6 of 6 traces arrived whole");
    const traceIds = [...demo.output.matchAll(/^Trace ([0-9a-f]{32})/gm)].map(([, id]) => id);
    expect(new Set(traceIds).size).toBe(7);
    expect(demo.output).toContain("20 of 20 failed traces arrived whole");
    expect(demo.output).toContain("Root cause: treasury: ask institution: bank DOWNBANK is not reachable");
    expect(demo.output).toMatch(/^treasury .*ValidateAccount .*✗ UNAVAILABLE$/m);
    expect(demo.output).toMatch(/✗ bank DOWNBANK is not reachable$/m);
    expect(demo.output).toMatch(/^payroll .* … 48 more like this/m);
    expect(demo.output).toMatch(/the client left after 4 payments/);
    expect(demo.output).toMatch(/^Sentry error: .*bank DOWNBANK is not reachable \(span [0-9a-f]{16}\)$/m);

    const lines = (await readFile(json, "utf8")).trimEnd().split("\n");
    const spans = lines.flatMap((line) => spansOf(decodeExportRequest(Buffer.from(line), "json")).spans);
    const [, preparation] = /employees get accounts, in trace ([0-9a-f]{32})/.exec(demo.output) ?? [];
    const written = new Set(spans.map((span) => span.traceId));
    for (const id of [...traceIds, preparation]) expect(written).toContain(id);
    const [, sampled] = /Sampled, and without a failure: (\d+) traces, all whole/.exec(demo.output) ?? [];
    expect(written.size).toBe(7 + 20 + Number(sampled));
    const services = ["gateway", "payroll", "ledger", "treasury"];
    expect(new Set(spans.map((span) => span.service))).toEqual(new Set(services));
    expect(await readFile(svg, "utf8")).toContain("bank DOWNBANK is not reachable");

    expect(demo.addresses()).toHaveLength(8);
    for (const address of demo.addresses()) expect(await accepts(address)).toBe(false);
  });

  it("--requests, --rate, --failures: sends only what failed or is sampled, whole, with true weights", async () => {
    const json = join(folder, "traces.jsonl");
    const demo = new Demo(["--requests", "300", "--rate", "0.1", "--failures", "7", "--json", json]);
    expect(await demo.exitCode(), demo.output).toBe(0);
    expect(demo.output).toContain("7 of 7 failed traces arrived whole");
    const [, made, sent] = /Spans made: (\d+), sent: (\d+)/.exec(demo.output) ?? [];
    expect(Number(made)).toBe(293 * 10 + 7 * 9);
    const lines = (await readFile(json, "utf8")).trimEnd().split("\n");
    const spans = lines.flatMap((line) => spansOf(decodeExportRequest(Buffer.from(line), "json")).spans);
    expect(spans).toHaveLength(Number(sent));
    const kept = spans.filter((span) => span.attributes["tracekeep.keep.reason"] === "error");
    expect(kept).toHaveLength(7 * 9);
    expect(new Set(kept.map((span) => span.traceId)).size).toBe(7);
    const weights = spans.map((span) => [kept.includes(span), span.attributes["sentry.client_sample_rate"]]);
    expect(new Set(weights.map(String))).toEqual(new Set(["true,1", "false,0.1"]));
  });

  it("fails, and says what is missing, if a failed trace is not whole", async () => {
    const demo = new Demo(["--failures", "2", "--requests", "20", "--set", "treasury:TRACING_ENABLED=false"]);
    expect(await demo.exitCode()).toBe(1);
    expect(demo.output).toContain("0 of 2 failed traces arrived whole");
  });

  it("fails, and says what is missing, if a service is not traced", async () => {
    const demo = new Demo(["--set", "treasury:TRACING_ENABLED=false"]);
    expect(await demo.exitCode()).toBe(1);
    expect(demo.output).toContain(
      "treasury: treasury.v1.TreasuryService/ValidateAccount (server) is missing",
    );
    expect(demo.output).toContain("0 of 6 traces arrived whole");
    expect(demo.output).not.toContain("Second act");
    for (const address of demo.addresses()) expect(await accepts(address)).toBe(false);
  });

  it("fails, shows why, and stops the rest, if a service does not start", async () => {
    const demo = new Demo(["--set", "gateway:TRACE_SAMPLE_RATE=1%"]);
    expect(await demo.exitCode()).toBe(1);
    expect(demo.output).toMatch(/gateway ended \(exit code 1\) before it listened/);
    expect(demo.output).toContain("TRACE_SAMPLE_RATE");
    for (const address of demo.addresses()) expect(await accepts(address)).toBe(false);
  });

  it("--keep: prints new traces, and shows them in the browser, until Ctrl-C stops everything", async () => {
    const demo = new Demo(["--keep"]);
    await demo.says("Ctrl-C stops everything");
    const url = /curl -i (\S+)\/accounts -H/.exec(demo.output)?.[1];
    const answer = await fetch(`${url}/accounts/unknown`);
    expect(answer.status).toBe(404);
    await demo.says(`Trace ${answer.headers.get("x-trace-id")}`);

    await demo.says("A failed trace:");
    const [, viewer = "", traceId] =
      /A failed trace:\S* (http:\S+\/)trace\/([0-9a-f]{32})/.exec(demo.output) ?? [];
    const page = await fetch(`${viewer}trace/${traceId}`);
    expect([page.status, page.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
    const trace = await fetch(`${viewer}data/traces/${traceId}`);
    expect(await trace.json()).toMatchObject({
      services: ["gateway", "ledger", "treasury"],
      summary: { cause: { service: "treasury", reason: "bank DOWNBANK is not reachable", stated: true } },
    });
    for (const service of ["gateway", "payroll", "ledger", "treasury"]) {
      const [, metrics = ""] = new RegExp(`${service} +(http:\\S+/metrics)`).exec(demo.output) ?? [];
      expect(await fetch(metrics).then((answer) => answer.text())).toContain("tracekeep_");
    }
    demo.child.kill("SIGINT");
    expect(await demo.exitCode()).toBe(0);
    for (const address of demo.addresses()) expect(await accepts(address)).toBe(false);
  });

  it("stops everything if it is interrupted on the way", async () => {
    const demo = new Demo([]);
    await demo.says("gateway listens on");
    demo.child.kill("SIGINT");
    expect(await demo.exitCode()).toBe(130);
    for (const address of demo.addresses()) expect(await accepts(address)).toBe(false);
  });

  it("with SENTRY_DSN set, sends there and prints the trace ids to look for", async () => {
    await using sentry = await startIntake({ keys: ["publickey"] });
    const demo = new Demo([], { SENTRY_DSN: sentry.dsn });
    expect(await demo.exitCode(), demo.output).toBe(0);
    const traceIds = [...demo.output.matchAll(/^ {2}([0-9a-f]{32})$/gm)].map(([, id = ""]) => id);
    expect(traceIds).toHaveLength(6);
    for (const [index, traceId] of traceIds.entries()) {
      const services =
        index < 4 ? ["gateway", "ledger", "treasury"] : ["gateway", "payroll", "ledger", "treasury"];
      expect(sentry.trace(traceId)?.services).toEqual(services);
    }
    expect(demo.output).not.toContain("publickey");
  });
});

describe("the command line", () => {
  it.each([
    ["--unknown", "--unknown"],
    ["stray", "stray"],
    ["--json", "--json"],
    ["--set=ledger", "SERVICE:VARIABLE=VALUE"],
    ["--rate=1%", "number from 0 to 1"],
    ["--failures=3000", "whole number from 0 to 2000"],
    ["--set=bank:PORT=1", "treasury, ledger, payroll, gateway"],
  ])("refuses %s with exit code 2", async (argument, message) => {
    const demo = new Demo([argument]);
    expect(await demo.exitCode()).toBe(2);
    expect(demo.output).toContain(message);
    expect(demo.output).toContain("--help");
  });

  it("explains itself with --help", async () => {
    const demo = new Demo(["--help"]);
    expect(await demo.exitCode()).toBe(0);
    for (const option of ["--keep", "--json FILE", "--svg FILE", "--failures F", "SENTRY_DSN"]) {
      expect(demo.output).toContain(option);
    }
  });
});
