import { once } from "node:events";
import { createServer } from "node:net";
import { describe, expect, test } from "vitest";
import { SERVICE_NAMES } from "../../demo/settings.ts";
import { OPEN_ACCOUNT_SPANS, startStack } from "../harness/stack.ts";
import { type DevProcess, startDev } from "./harness.ts";

const REQUESTS = 100;
const ROUNDS = 5;
const ACCOUNT = JSON.stringify({ name: "Ada Lovelace", currency: "EUR", institution: "NORDBANK" });

/** Milliseconds that each of many requests took, one after the other. */
async function durations(address: string, count = REQUESTS): Promise<number[]> {
  const all: number[] = [];
  for (let index = 0; index < count; index++) {
    const start = performance.now();
    const answer = await fetch(`http://${address}/accounts`, { method: "POST", body: ACCOUNT });
    expect(answer.status, await answer.text()).toBe(201);
    all.push(performance.now() - start);
  }
  return all;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** How many traces and spans the viewer holds, as it tells its page. */
async function totals(dev: DevProcess): Promise<{ traces: number; spans: number }> {
  const page = await fetch(`${dev.viewer}/data/live`);
  let told = "";
  for await (const text of page.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    told += text;
    const [, traces, spans] = /"totals":\{"traces":(\d+),"spans":(\d+)/.exec(told) ?? [];
    if (traces !== undefined) return { traces: Number(traces), spans: Number(spans) };
  }
  throw new Error(`the viewer told ${told}`);
}

describe("Story 5: performance overhead is minimal in development environment", () => {
  test("every trace is sent, and what that costs a request is said", async () => {
    const off = SERVICE_NAMES.flatMap((name) => ["--set", `${name}:TRACING_ENABLED=false`]);
    const traced = await startDev();
    const untraced = await startDev({ args: off });
    const gatewayOf = (dev: DevProcess): string => `127.0.0.1:${dev.ports.gateway}`;
    for (const dev of [traced, untraced]) {
      await dev.up();
      await durations(gatewayOf(dev));
    }
    const times: Record<"traced" | "untraced", number[]> = { traced: [], untraced: [] };
    for (let round = 0; round < ROUNDS; round++) {
      times.untraced.push(...(await durations(gatewayOf(untraced))));
      times.traced.push(...(await durations(gatewayOf(traced))));
    }
    const traces = (ROUNDS + 1) * REQUESTS;
    await expect
      .poll(() => totals(traced), { timeout: 20_000 })
      .toEqual({ traces, spans: traces * OPEN_ACCOUNT_SPANS });
    expect(await totals(untraced)).toEqual({ traces: 0, spans: 0 });
    const [with_, without] = [median(times.traced), median(times.untraced)];
    process.stdout.write(
      `Median of a request through three services at the desk: ${with_.toFixed(2)} ms with every trace shown, ` +
        `${without.toFixed(2)} ms without tracing (ratio ${(with_ / without).toFixed(2)})\n`,
    );
  }, 120_000);

  test.each(["refuses", "never answers"])(
    "no request fails, and the log stays readable, where the viewer %s",
    async (behaviour) => {
      const server = createServer(() => {}).listen(0, "127.0.0.1");
      await once(server, "listening");
      const { port } = server.address() as { port: number };
      if (behaviour === "refuses") await once(server.close(), "close");
      const SENTRY_DSN = `http://dev@127.0.0.1:${port}/1`;
      const stack = await startStack({
        SENTRY_DSN,
        TRACE_EXPORT_TIMEOUT_MS: "1000",
        SHUTDOWN_TIMEOUT_MS: "2000",
      });
      try {
        await stack.gateway.line("ready");
        await durations(stack.gateway.address, 300);
      } finally {
        await stack.stop();
        server.close();
      }
      for (const service of [stack.gateway, stack.ledger, stack.treasury]) {
        const complaints = service.lines.filter(({ level }) => level === "warn" || level === "error");
        expect(complaints.length, JSON.stringify(complaints)).toBeGreaterThan(0);
        expect(complaints.length, JSON.stringify(complaints)).toBeLessThan(6);
      }
    },
    60_000,
  );
});
