import { status } from "@grpc/grpc-js";
import { describeDatabases } from "@tracekeep/service/testing";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import {
  endings,
  type Peers,
  play,
  runOf,
  startPayroll,
  startPeers,
  type TestPayroll,
} from "../testing/payroll.ts";
import { startTreasuryGate, type TreasuryGate } from "../testing/treasury-gate.ts";

describeDatabases((databases) => {
  let peers: Peers;
  let gate: TreasuryGate;
  let payroll: TestPayroll;
  beforeAll(async () => {
    peers = await startPeers();
  });
  afterAll(() => peers?.[Symbol.asyncDispose]());
  beforeEach(async () => {
    gate = await startTreasuryGate(peers.addresses.TREASURY_ADDRESS, Number.POSITIVE_INFINITY);
    payroll = await startWith({});
  });
  afterEach(async () => {
    await payroll?.[Symbol.asyncDispose]();
    await gate?.[Symbol.asyncDispose]();
  });

  function startWith(env: Record<string, string>): Promise<TestPayroll> {
    const TREASURY_ADDRESS = gate.address;
    return startPayroll({ ...databases.environment(), ...peers.addresses, TREASURY_ADDRESS, ...env });
  }

  const newId = (name: string) => `${name}-${crypto.randomUUID().slice(0, 8)}`;

  test("to an account that is not there, or has another currency, the treasury moves nothing", async () => {
    const [ann, dollars, nobody] = [newId("ann"), newId("dollars"), newId("nobody")];
    await peers.open(ann);
    await peers.open(dollars, { currency: "USD" });
    const request = runOf([nobody, dollars, ann]);
    expect(endings(await play(payroll.client, request))).toEqual([
      `${ann} PAID`,
      `${dollars} FAILED FAILED_PRECONDITION: account ${dollars} is in USD, not in EUR: give an account in EUR`,
      `${nobody} FAILED NOT_FOUND: there is no account "${nobody}"`,
    ]);
    expect(gate.asked).toEqual([`Salary of ${ann}`]);

    await peers.open(nobody);
    expect(endings(await play(payroll.client, request))).toContain(`${nobody} PAID`);
    expect(gate.asked).toEqual([`Salary of ${ann}`, `Salary of ${nobody}`]);
  });

  test("from an account that is not there nobody is paid", async () => {
    const [ann, bob, nobody] = [newId("ann"), newId("bob"), newId("nobody")];
    await peers.open(ann);
    await peers.open(bob);
    const steps = await play(payroll.client, runOf([ann, bob], crypto.randomUUID(), nobody));
    const fault = `FAILED NOT_FOUND: there is no account "${nobody}"`;
    expect(endings(steps)).toEqual([`${ann} ${fault}`, `${bob} ${fault}`]);
    expect(gate.asked).toEqual([]);
  });

  test("without a ledger nothing begins, and the run can be repeated", async () => {
    const ann = newId("ann");
    await peers.open(ann);
    const request = runOf([ann]);
    await using blind = await startWith({ LEDGER_ADDRESS: "127.0.0.1:1" });
    await expect(play(blind.client, request)).rejects.toMatchObject({ code: status.UNAVAILABLE });
    expect(gate.asked).toEqual([]);
    expect(endings(await play(payroll.client, request))).toEqual([`${ann} PAID`]);
  });

  test("a posting that fails after the transfer says so; repeated, it is posted without a second transfer", async () => {
    const [ann, purse] = [newId("ann"), newId("purse")];
    await peers.open(ann);
    await peers.open(purse);
    const request = runOf([ann], crypto.randomUUID(), purse);
    expect(endings(await play(payroll.client, request))).toEqual([
      `${ann} FAILED FAILED_PRECONDITION: insufficient funds in account ${purse}; the treasury's transfer stands: ` +
        "repeat the run with the same idempotency key to post it",
    ]);

    await peers.post("funds", purse, 100n);
    expect(endings(await play(payroll.client, request))).toEqual([`${ann} PAID`]);
    expect(gate.made).toHaveLength(2);
    expect(new Set(gate.made).size).toBe(1);
    expect([await peers.balance(ann), await peers.balance(purse)]).toEqual([100n, 0n]);
  });
});
