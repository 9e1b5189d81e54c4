import { join } from "node:path";
import { credentials, status } from "@grpc/grpc-js";
import { AccountKind, CreateAccountRequest, LedgerServiceClient } from "@tracekeep/proto/ledger/v1";
import { unaryCall } from "@tracekeep/service";
import { describeDatabases, type ServiceProcess, startService } from "@tracekeep/service/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { patient } from "../testing/ledger.ts";

const main = join(import.meta.dirname, "../main.ts");
const treasuryMain = join(import.meta.dirname, "../../../treasury/src/main.ts");

describeDatabases(({ environment }) => {
  let treasury: ServiceProcess;
  let service: ServiceProcess;
  let ledger: LedgerServiceClient;

  beforeAll(async () => {
    treasury = await startService(treasuryMain);
    const addresses = { TREASURY_ADDRESS: treasury.address, TREASURY_TIMEOUT_MS: "500" };
    service = await startService(main, { ...environment(), ...addresses });
    ledger = new LedgerServiceClient(service.address, credentials.createInsecure());
  });
  afterAll(async () => {
    ledger?.close();
    await service?.stop();
    await treasury?.stop();
  });

  function create(part: Partial<CreateAccountRequest> = {}) {
    const fields = { name: "Ada Lovelace", currency: "EUR", institution: "NORDBANK" };
    return unaryCall(
      ledger,
      ledger.createAccount,
      CreateAccountRequest.create({ ...fields, ...part }),
      patient,
    );
  }

  test("an account that was created can be read", async () => {
    const { account } = await create();
    expect(account).toMatchObject({ name: "Ada Lovelace", currency: "EUR", institution: "NORDBANK" });
    expect(account?.createTime).toBeInstanceOf(Date);
    const read = await unaryCall(ledger, ledger.getAccount, { id: account?.id ?? "" }, patient);
    expect(read.account).toEqual(account);
  });

  test("a request repeated with the same account id opens no second account", async () => {
    const accountId = "repeated-1";
    await create({ accountId });
    await expect(create({ accountId, name: "Grace" })).rejects.toMatchObject({ code: status.ALREADY_EXISTS });
    const { account } = await unaryCall(ledger, ledger.getAccount, { id: accountId }, patient);
    expect(account?.name).toBe("Ada Lovelace");
  });

  test("an account that is not there is NOT_FOUND", async () => {
    await expect(unaryCall(ledger, ledger.getAccount, { id: "nobody" }, patient)).rejects.toMatchObject({
      code: status.NOT_FOUND,
      message: 'there is no account "nobody"',
    });
  });

  test("many accounts are read at once; those that are not there are left out", async () => {
    const created = [await create(), await create({ currency: "USD" })].map(({ account }) => account);
    const ids = [...created.map((account) => account?.id ?? ""), "nobody"];
    const { accounts } = await unaryCall(ledger, ledger.batchGetAccounts, { ids }, patient);
    const byId = new Map(accounts.map((account) => [account.id, account]));
    expect(byId.size).toBe(2);
    for (const account of created) expect(byId.get(account?.id ?? "")).toEqual(account);
  });

  test("the list has every account once, page by page, oldest first", async () => {
    const created: string[] = [];
    for (let number = 0; number < 5; number++) created.push((await create()).account?.id ?? "");
    const listed: string[] = [];
    let pageToken = "";
    do {
      const page = await unaryCall(ledger, ledger.listAccounts, { pageSize: 2, pageToken }, patient);
      expect(page.accounts.length).toBeLessThanOrEqual(2);
      listed.push(...page.accounts.map(({ id }) => id));
      pageToken = page.nextPageToken;
    } while (pageToken !== "");
    expect(new Set(listed).size).toBe(listed.length);
    expect(new Set(listed)).toEqual(new Set([...listed, ...created]));
  });

  test.each([
    [{ name: "" }, status.INVALID_ARGUMENT, "name is empty: give the holder's name"],
    [
      { currency: "XXX" },
      status.INVALID_ARGUMENT,
      'unknown currency "XXX": give a code that ListCurrencies returns',
    ],
    [{ institution: "DOWNBANK" }, status.UNAVAILABLE, "bank DOWNBANK is not reachable"],
  ])("an account with %o is refused", async (part, code, message) => {
    await expect(create(part)).rejects.toMatchObject({ code, message });
  });

  test("a treasury that does not answer in time is DEADLINE_EXCEEDED, and no account is opened", async () => {
    const accountId = "too-slow";
    const answer = create({ accountId, institution: "SLOWBANK" });
    await expect(answer).rejects.toMatchObject({ code: status.DEADLINE_EXCEEDED });
    const read = unaryCall(ledger, ledger.getAccount, { id: accountId }, patient);
    await expect(read).rejects.toMatchObject({ code: status.NOT_FOUND });
  });

  test("the same idempotency key opens one account, also at once", async () => {
    const idempotencyKey = crypto.randomUUID();
    const [first, second] = await Promise.all([create({ idempotencyKey }), create({ idempotencyKey })]);
    expect(second).toEqual(first);
    expect(await create({ idempotencyKey })).toEqual(first);
  });

  test("an idempotency key that was used for another account is refused", async () => {
    const idempotencyKey = crypto.randomUUID();
    await create({ idempotencyKey });
    await expect(create({ idempotencyKey, currency: "USD" })).rejects.toMatchObject({
      code: status.ALREADY_EXISTS,
      message: "idempotency_key was used for another account: choose another key",
    });
  });

  test("an account begins empty, and is a customer's unless it says otherwise", async () => {
    const { account } = await create();
    expect(account).toMatchObject({ kind: AccountKind.ACCOUNT_KIND_CUSTOMER, balance: 0n });
    const internal = await create({ kind: AccountKind.ACCOUNT_KIND_INTERNAL });
    expect(internal.account?.kind).toBe(AccountKind.ACCOUNT_KIND_INTERNAL);
  });
});
