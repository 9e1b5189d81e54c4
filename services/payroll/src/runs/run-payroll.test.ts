import { status } from "@grpc/grpc-js";
import { unaryCall } from "@tracekeep/service";
import { describeDatabases } from "@tracekeep/service/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  endings,
  type Peers,
  patient,
  play,
  runOf,
  startPayroll,
  startPeers,
  type TestPayroll,
} from "../testing/payroll.ts";

describeDatabases((databases) => {
  let peers: Peers;
  let payroll: TestPayroll;
  beforeAll(async () => {
    peers = await startPeers();
    payroll = await startPayroll({ ...databases.environment(), ...peers.addresses });
  });
  afterAll(async () => {
    await payroll?.[Symbol.asyncDispose]();
    await peers?.[Symbol.asyncDispose]();
  });

  /** Accounts that nobody else uses, by the names given. */
  async function open(...names: string[]): Promise<string[]> {
    const ids = names.map((name) => `${name}-${crypto.randomUUID().slice(0, 8)}`);
    for (const id of ids) await peers.open(id);
    return ids;
  }

  test("a run pays everyone, tells each payment, and sums up", async () => {
    const ids = await open("ann", "bob", "cy", "dee", "eve", "fay", "gil");
    const before = (await peers.balance("funds")) ?? 0n;
    const steps = await play(payroll.client, runOf(ids));
    expect(steps[0]).toMatchObject({ started: { employees: 7, runId: expect.stringMatching(/^\S+$/) } });
    expect(endings(steps)).toEqual(ids.map((id) => `${id} PAID`));
    expect(steps.at(-1)).toEqual({
      summary: { employees: 7, paid: 7, alreadyPaid: 0, failed: 0, pending: 0, amountPaid: 700n },
    });
    expect(await Promise.all(ids.map(peers.balance))).toEqual(Array(7).fill(100n));
    expect(await peers.balance("funds")).toBe(before - 700n);
  });

  test("one that fails says why and stops nobody; repeated, only that one is tried again", async () => {
    const [ann = "", bob = "", cy = ""] = await open("ann", "bob", "cy");
    const late = `late-${crypto.randomUUID().slice(0, 8)}`;
    const request = runOf([ann, { employeeId: bob, institution: "DOWNBANK" }, late, cy]);
    const first = await play(payroll.client, request);
    expect(endings(first)).toEqual([
      `${ann} PAID`,
      `${bob} FAILED UNAVAILABLE: bank DOWNBANK is not reachable`,
      `${cy} PAID`,
      `${late} FAILED NOT_FOUND: there is no account "${late}"`,
    ]);
    expect(first.at(-1)?.summary).toMatchObject({ paid: 2, failed: 2, amountPaid: 200n });

    await peers.open(late);
    const second = await play(payroll.client, request);
    expect(second[0]).toEqual(first[0]);
    expect(endings(second)).toEqual([
      `${ann} ALREADY_PAID`,
      `${bob} FAILED UNAVAILABLE: bank DOWNBANK is not reachable`,
      `${cy} ALREADY_PAID`,
      `${late} PAID`,
    ]);
    expect(second.at(-1)?.summary).toMatchObject({ paid: 1, alreadyPaid: 2, failed: 1, amountPaid: 300n });
    expect(await Promise.all([ann, bob, cy, late].map(peers.balance))).toEqual([100n, 0n, 100n, 100n]);
  });

  test("how far a run is can be read", async () => {
    const [ann = "", bob = ""] = await open("ann", "bob");
    const steps = await play(payroll.client, runOf([{ employeeId: bob, institution: "NOBANK" }, ann]));
    const runId = steps[0]?.started?.runId ?? "";
    const run = await unaryCall(payroll.client, payroll.client.getPayrollRun, { runId }, patient);
    expect(run).toMatchObject({ runId, currency: "EUR", summary: { employees: 2, paid: 1, failed: 1 } });
    expect(run.payments.map(({ employeeId }) => employeeId)).toEqual([bob, ann]);
    expect(run.payments[0]?.reason).toContain('unknown institution "NOBANK"');
    expect(run.createTime).toBeInstanceOf(Date);
  });

  test("a run that is not there is NOT_FOUND", async () => {
    const { client } = payroll;
    await expect(unaryCall(client, client.getPayrollRun, { runId: "none" }, patient)).rejects.toMatchObject({
      code: status.NOT_FOUND,
      message: 'there is no run "none"',
    });
  });

  test("a key that was used for another run is refused, and pays nobody", async () => {
    const [ann = "", bob = ""] = await open("ann", "bob");
    const request = runOf([ann]);
    await play(payroll.client, request);
    const other = runOf([ann, bob], request.idempotencyKey);
    await expect(play(payroll.client, other)).rejects.toMatchObject({ code: status.ALREADY_EXISTS });
    expect(await peers.balance(bob)).toBe(0n);
  });

  test("a run that lost its database pays nobody twice", async () => {
    const ids = await open("ann", "bob");
    const request = runOf(ids);
    await play(payroll.client, request);
    await using forgetful = await startPayroll({ ...databases.environment(), ...peers.addresses });
    expect(endings(await play(forgetful.client, request))).toEqual(ids.map((id) => `${id} PAID`));
    expect(await Promise.all(ids.map(peers.balance))).toEqual([100n, 100n]);
  });

  test("a large run is recorded whole", async () => {
    const ids = Array.from({ length: 1_201 }, (_, index) => `nobody-${index}`);
    const steps = await play(
      payroll.client,
      runOf(ids.map((employeeId) => ({ employeeId, institution: "NOBANK" }))),
    );
    expect(steps.at(-1)?.summary).toMatchObject({ employees: 1_201, failed: 1_201 });
  });

  test.each([
    ["nobody", runOf([]), "payroll.employees is empty"],
    ["no key", runOf(["ann"], ""), "idempotency_key is empty"],
    ["someone twice", runOf(["ann", "bob", "ann"]), "payroll.employees has ann more than once"],
    ["a strange id", runOf([{ employeeId: "a b" }]), "payroll.employees[0].employee_id is no employee's id"],
    [
      "no amount",
      runOf([{ employeeId: "ann", amount: 0n }]),
      "payroll.employees[0].amount is not above zero",
    ],
    ["no payroll", { idempotencyKey: "k", payroll: undefined }, "payroll is missing"],
  ])("a run with %s is refused", async (_, request, message) => {
    await expect(play(payroll.client, request)).rejects.toMatchObject({
      code: status.INVALID_ARGUMENT,
      details: expect.stringContaining(message),
    });
  });
});
