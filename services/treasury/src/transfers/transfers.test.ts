import { status } from "@grpc/grpc-js";
import type { TransferRequest } from "@tracekeep/proto/treasury/v1";
import { unaryCall } from "@tracekeep/service";
import { describeDatabases } from "@tracekeep/service/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { patient, startTreasury, type TestTreasury } from "../testing/treasury.ts";

describeDatabases((databases) => {
  let treasury: TestTreasury;
  beforeAll(async () => {
    treasury = await startTreasury(databases);
  });
  afterAll(() => treasury?.[Symbol.asyncDispose]());

  function rent(part: Partial<TransferRequest> = {}): TransferRequest {
    return {
      idempotencyKey: crypto.randomUUID(),
      fromInstitution: "NORDBANK",
      toInstitution: "NORDBANK",
      amount: 75_000n,
      currency: "EUR",
      reference: "rent",
      ...part,
    };
  }

  async function transfer(request: TransferRequest, signal?: AbortSignal) {
    const { client } = treasury;
    return (await unaryCall(client, client.transfer, request, patient(signal))).transfer;
  }

  async function recorded(key: string) {
    const rows = treasury.database.selectFrom("transfers").selectAll().where("idempotency_key", "=", key);
    return rows.execute();
  }

  test("a transfer is recorded, and returned as it was made", async () => {
    const request = rent({ amount: 999_999_999_999_999n });
    const { idempotencyKey, ...content } = request;
    const made = await transfer(request);
    expect(made).toMatchObject(content);
    expect(made?.createTime).toBeInstanceOf(Date);
    expect(await recorded(idempotencyKey)).toMatchObject([{ id: made?.id }]);
  });

  test("the same key with the same content makes one transfer, also at once", async () => {
    const request = rent();
    const first = await transfer(request);
    expect(await transfer(request)).toEqual(first);
    const twice = rent();
    const [one, two] = await Promise.all([transfer(twice), transfer(twice)]);
    expect(two).toEqual(one);
    expect(await recorded(twice.idempotencyKey)).toHaveLength(1);
  });

  test.each<Partial<TransferRequest>>([
    { amount: 75_001n },
    { currency: "USD" },
    { toInstitution: "SLOWBANK" },
    { reference: "rent, again" },
  ])("the same key with another %o is refused", async (part) => {
    const request = rent();
    await transfer(request);
    await expect(transfer({ ...request, ...part })).rejects.toMatchObject({ code: status.ALREADY_EXISTS });
  });

  test.each<[Partial<TransferRequest>, string]>([
    [{ idempotencyKey: "" }, "idempotency_key is empty"],
    [{ amount: 0n }, "amount is not above zero"],
    [{ amount: 10n ** 15n + 1n }, "amount is above 1000000000000000"],
    [{ currency: "XXX" }, 'unknown currency "XXX"'],
    [{ fromInstitution: "NOBANK" }, 'unknown institution "NOBANK"'],
    [{ toInstitution: "" }, "to_institution is empty"],
    [{ reference: "r".repeat(141) }, "reference is longer than 140 characters"],
  ])("refuses a transfer with %o", async (part, message) => {
    await expect(transfer(rent(part))).rejects.toMatchObject({
      code: status.INVALID_ARGUMENT,
      message: expect.stringContaining(message),
    });
  });

  test.each(["fromInstitution", "toInstitution"])(
    "if the %s is down, nothing is recorded and the key stays free",
    async (side) => {
      const request = rent();
      await expect(transfer({ ...request, [side]: "DOWNBANK" })).rejects.toMatchObject({
        code: status.UNAVAILABLE,
        message: "bank DOWNBANK is not reachable",
      });
      expect(await recorded(request.idempotencyKey)).toEqual([]);
      expect(await transfer(request)).toMatchObject({ amount: 75_000n });
    },
  );

  test("a transfer whose caller leaves while a slow bank is asked is not made", async () => {
    const request = rent({ toInstitution: "SLOWBANK" });
    await expect(transfer(request, AbortSignal.timeout(200))).rejects.toMatchObject({
      code: status.CANCELLED,
    });
    expect(await recorded(request.idempotencyKey)).toEqual([]);
  });
});
