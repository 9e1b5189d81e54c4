import { once } from "node:events";
import { credentials, type ServerUnaryCall, status } from "@grpc/grpc-js";
import type { RunPayrollResponse } from "@tracekeep/proto/payroll/v1";
import {
  type TransferRequest,
  type TransferResponse,
  TreasuryServiceClient,
  type TreasuryServiceServer,
  TreasuryServiceService,
} from "@tracekeep/proto/treasury/v1";
import { describeDatabases, startGrpcServer } from "@tracekeep/service/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { endings, type Peers, play, runOf, startPayroll, startPeers } from "../testing/payroll.ts";

describeDatabases((databases) => {
  let peers: Peers;
  beforeAll(async () => {
    peers = await startPeers();
  });
  afterAll(() => peers?.[Symbol.asyncDispose]());

  /** In front of the treasury: lets `most` transfers through, and holds the others until they are cancelled. */
  async function startGate(most: number) {
    const treasury = new TreasuryServiceClient(
      peers.addresses.TREASURY_ADDRESS,
      credentials.createInsecure(),
    );
    const held: ServerUnaryCall<TransferRequest, TransferResponse>[] = [];
    const holding = Promise.withResolvers<void>();
    let passed = 0;
    let running = 0;
    let mostRunning = 0;
    const handlers: TreasuryServiceServer = {
      transfer(call, callback) {
        mostRunning = Math.max(mostRunning, ++running);
        if (passed < most) {
          passed++;
          treasury.transfer(call.request, (error, response) => {
            running--;
            callback(error, response);
          });
          return;
        }
        held.push(call);
        if (held.length === 3) holding.resolve();
      },
      listCurrencies: () => {},
      listInstitutions: () => {},
      validateAccount: () => {},
      watchRates: () => {},
    };
    const server = await startGrpcServer(TreasuryServiceService, handlers);
    return {
      address: server.address,
      held,
      /** When three payments are held. */
      holding: holding.promise,
      mostRunning: () => mostRunning,
      async [Symbol.asyncDispose]() {
        treasury.close();
        await server[Symbol.asyncDispose]();
      },
    };
  }

  async function open(count: number): Promise<string[]> {
    const run = crypto.randomUUID().slice(0, 8);
    const ids = Array.from({ length: count }, (_, index) => `${run}-${index}`);
    for (const id of ids) await peers.open(id);
    return ids;
  }

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
      await Promise.all([gate.holding, told.promise]);
      const cancelled = gate.held.map((transfer) => once(transfer, "cancelled"));
      call.cancel();
      await Promise.all(cancelled);
      expect(await payroll.process.stop("SIGTERM")).toBe(0);
      expect(payroll.process.lines.map(({ msg }) => msg)).not.toContain("the handler failed");
      expect(endings(steps)).toEqual(ids.slice(0, 4).map((id) => `${id} PAID`));
      expect(gate.held).toHaveLength(3);
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
    await gate.holding;
    await doomed.process.stop("SIGKILL");
    await failed;
    doomed.client.close();

    await using payroll = await startPayroll(environment);
    const steps = await play(payroll.client, request);
    expect(steps.at(-1)?.summary).toMatchObject({ employees: 10, failed: 0, amountPaid: 1_000n });
    expect(await Promise.all(ids.map(peers.balance))).toEqual(Array(10).fill(100n));
  });

  test("a run that is under way when SIGTERM comes is paid to its end, and the process ends as usual", async () => {
    const SHUTDOWN_TIMEOUT_MS = "120000";
    await using payroll = await startPayroll({
      ...databases.environment(),
      ...peers.addresses,
      SHUTDOWN_TIMEOUT_MS,
    });
    const ids = await open(30);
    const steps: RunPayrollResponse[] = [];
    const call = payroll.client.runPayroll(runOf(ids));
    call.on("data", (step: RunPayrollResponse) => steps.push(step));
    const ended = once(call, "end");
    await once(call, "data");
    const exitCode = payroll.process.stop("SIGTERM");
    await ended;
    expect(steps.at(-1)?.summary).toMatchObject({ employees: 30, paid: 30, failed: 0 });
    expect(await exitCode).toBe(0);
  });

  test("a run that is under way cannot be started again", async () => {
    await using gate = await startGate(0);
    await using payroll = await startPayroll({
      ...databases.environment(),
      ...peers.addresses,
      TREASURY_ADDRESS: gate.address,
    });
    const request = runOf(["a", "b", "c"]);
    const call = payroll.client.runPayroll(request);
    call.on("data", () => {});
    call.on("error", () => {});
    await gate.holding;
    await expect(play(payroll.client, request)).rejects.toMatchObject({
      code: status.ABORTED,
      details: "the run is under way: repeat the request when it has ended",
    });
    call.cancel();
  });
});
