import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
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
} from "../testing/payroll.ts";
import { startTreasuryGate } from "../testing/treasury-gate.ts";

describeDatabases((databases) => {
  let peers: Peers;
  beforeAll(async () => {
    peers = await startPeers();
  });
  afterAll(() => peers?.[Symbol.asyncDispose]());

  const startGate = (most: number) => startTreasuryGate(peers.addresses.TREASURY_ADDRESS, most);

  const open = (count: number) => openAccounts(peers, count);

  test("a caller that leaves ends the run: no payment begins, those under way are cancelled, all can be resumed", async () => {
    await using gate = await startGate(4);
    const location = databases.location();
    const environment = { ...databases.environment(location), ...peers.addresses, PAYROLL_CONCURRENCY: "3" };
    const ids = await open(12);
    const request = runOf(ids);
    {
      await using payroll = await startPayroll({ ...environment, TREASURY_ADDRESS: gate.address });
      const call = payroll.client.runPayroll(request);
      const steps: RunPayrollResponse[] = [];
      const told = Promise.withResolvers<void>();
      call.on("data", (step: RunPayrollResponse) => {
        if (steps.push(step) === 1 + 4) told.resolve();
      });
      call.on("error", () => {});
      await Promise.all([gate.holding(3), told.promise]);
      const cancelled = gate.cancelled();
      call.cancel();
      await cancelled;
      expect(await payroll.process.stop("SIGTERM")).toBe(0);
      expect(payroll.process.lines.map(({ msg }) => msg)).not.toContain("the handler failed");
      expect(endings(steps)).toEqual(ids.slice(0, 4).map((id) => `${id} PAID`));
      expect(gate.asked).toHaveLength(4 + 3);
      expect(gate.mostRunning()).toBe(3);
    }
    await using again = await startPayroll(environment);
    expect(endings(await play(again.client, request)).sort()).toEqual(
      ids.map((id, index) => `${id} ${index < 4 ? "ALREADY_PAID" : "PAID"}`).sort(),
    );
    expect(await Promise.all(ids.map(peers.balance))).toEqual(Array(12).fill(100n));
  });

  test("a process that is killed in the middle of a run is resumed by another, and pays nobody twice", async () => {
    await using gate = await startGate(5);
    const environment = { ...databases.environment(), ...peers.addresses };
    const ids = await open(10);
    const request = runOf(ids);
    const doomed = await startPayroll({ ...environment, TREASURY_ADDRESS: gate.address });
    const call = doomed.client.runPayroll(request);
    call.on("data", () => {});
    const failed = once(call, "error");
    await gate.holding(3);
    await doomed.process.stop("SIGKILL");
    await failed;
    doomed.client.close();

    await using payroll = await startPayroll(environment);
    const steps = await play(payroll.client, request);
    expect(steps.at(-1)?.summary).toMatchObject({ employees: 10, failed: 0, amountPaid: 1_000n });
    expect(await Promise.all(ids.map(peers.balance))).toEqual(Array(10).fill(100n));
  });

  test("a run that is under way cannot be started again", async () => {
    await using gate = await startGate(0);
    await using payroll = await startPayroll({
      ...databases.environment(),
      ...peers.addresses,
      TREASURY_ADDRESS: gate.address,
    });
    const request = runOf(await open(3));
    const call = payroll.client.runPayroll(request);
    call.on("data", () => {});
    call.on("error", () => {});
    await gate.holding(3);
    await expect(play(payroll.client, request)).rejects.toMatchObject({
      code: status.ABORTED,
      details: "the run is under way: repeat the request when it has ended",
    });
    call.cancel();
  });

  test("a run can be resumed as soon as its caller leaves", async () => {
    await using gate = await startGate(0);
    await using payroll = await startPayroll({
      ...databases.environment(),
      ...peers.addresses,
      TREASURY_ADDRESS: gate.address,
    });
    const ids = await open(6);
    const request = runOf(ids);
    const call = payroll.client.runPayroll(request);
    call.on("data", () => {});
    call.on("error", () => {});
    await gate.holding(4);
    // The service may learn of the repetition before it learns that the caller has left.
    const repeated = play(payroll.client, request);
    await delay(200);
    const cancelled = gate.cancelled();
    call.cancel();
    await cancelled;
    gate.open();
    const steps = await repeated;
    expect(steps.at(-1)?.summary).toMatchObject({ employees: 6, failed: 0, pending: 0, amountPaid: 600n });
    expect(await Promise.all(ids.map(peers.balance))).toEqual(Array(6).fill(100n));
  });
});
