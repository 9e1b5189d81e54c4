import { once } from "node:events";
import { status } from "@grpc/grpc-js";
import type { RunPayrollResponse } from "@tracekeep/proto/payroll/v1";
import { describeDatabases } from "@tracekeep/service/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  endings,
  openAccounts,
  type Peers,
  play,
  runOf,
  startPayroll,
  startPeers,
  type TestPayroll,
} from "../testing/payroll.ts";
import { startTreasuryGate } from "../testing/treasury-gate.ts";

const stopping = {
  code: status.UNAVAILABLE,
  details: "the service is stopping: repeat the request with the same idempotency key, and the run goes on",
};

describeDatabases((databases) => {
  let peers: Peers;
  beforeAll(async () => {
    peers = await startPeers();
  });
  afterAll(() => peers?.[Symbol.asyncDispose]());

  const startGate = (most: number) => startTreasuryGate(peers.addresses.TREASURY_ADDRESS, most);

  const open = (count: number) => openAccounts(peers, count);

  /** Begins a run; `ended` resolves to its error, or nothing. */
  function begin({ client }: TestPayroll, request: ReturnType<typeof runOf>) {
    const steps: RunPayrollResponse[] = [];
    const call = client.runPayroll(request);
    const ended = Promise.withResolvers<unknown>();
    call.on("data", (step: RunPayrollResponse) => steps.push(step));
    call.on("error", ended.resolve);
    call.on("end", () => ended.resolve(undefined));
    return { steps, started: once(call, "data"), ended: ended.promise };
  }

  test("a run that is under way when SIGTERM comes is paid to its end, and the process ends as usual", async () => {
    const SHUTDOWN_TIMEOUT_MS = "120000";
    await using payroll = await startPayroll({
      ...databases.environment(),
      ...peers.addresses,
      SHUTDOWN_TIMEOUT_MS,
    });
    const ids = await open(30);
    const { steps, started, ended } = begin(payroll, runOf(ids));
    await started;
    const exitCode = payroll.process.stop("SIGTERM");
    expect(await ended).toBeUndefined();
    expect(steps.at(-1)?.summary).toMatchObject({ employees: 30, paid: 30, failed: 0 });
    expect(await exitCode).toBe(0);
  });

  test("a run without the time to end begins no more payments, ends those under way, and can be resumed", async () => {
    await using gate = await startGate(4);
    const environment = { ...databases.environment(), ...peers.addresses };
    const ids = await open(12);
    const request = runOf(ids);
    {
      await using payroll = await startPayroll({
        ...environment,
        TREASURY_ADDRESS: gate.address,
        PAYROLL_CONCURRENCY: "3",
        SHUTDOWN_TIMEOUT_MS: "8000",
      });
      const { steps, ended } = begin(payroll, request);
      await gate.holding(3);
      const exitCode = payroll.process.stop("SIGTERM");
      await payroll.process.line("winding down");
      gate.open();
      expect(await ended).toMatchObject(stopping);
      expect(endings(steps)).toEqual(ids.slice(0, 7).map((id) => `${id} PAID`));
      expect(gate.asked).toHaveLength(7);
      expect(await exitCode).toBe(0);
      expect(payroll.process.lines.map(({ msg }) => msg)).not.toContain("requests still running are ended");
    }
    await using again = await startPayroll(environment);
    const summary = { employees: 12, paid: 5, alreadyPaid: 7, failed: 0, pending: 0, amountPaid: 1_200n };
    expect((await play(again.client, request)).at(-1)).toEqual({ summary });
    expect(await Promise.all(ids.map(peers.balance))).toEqual(Array(12).fill(100n));
  });

  test("payments that do not end in time are cancelled, the caller learns why, and they can be resumed", async () => {
    await using gate = await startGate(1);
    const environment = { ...databases.environment(), ...peers.addresses };
    const ids = await open(6);
    const request = runOf(ids);
    {
      await using payroll = await startPayroll({
        ...environment,
        TREASURY_ADDRESS: gate.address,
        TREASURY_TIMEOUT_MS: "60000",
        SHUTDOWN_TIMEOUT_MS: "4000",
      });
      const { ended } = begin(payroll, request);
      await gate.holding(4);
      const exitCode = payroll.process.stop("SIGTERM");
      expect(await ended).toMatchObject(stopping);
      await gate.cancelled();
      expect(await exitCode).toBe(0);
    }
    await using again = await startPayroll(environment);
    const summary = { employees: 6, paid: 5, alreadyPaid: 1, failed: 0, pending: 0, amountPaid: 600n };
    expect((await play(again.client, request)).at(-1)).toEqual({ summary });
    expect(await Promise.all(ids.map(peers.balance))).toEqual(Array(6).fill(100n));
  });
});
