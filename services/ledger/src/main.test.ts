import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { credentials, status } from "@grpc/grpc-js";
import { LedgerServiceClient } from "@tracekeep/proto/ledger/v1";
import { unaryCall } from "@tracekeep/service";
import { runToExit, type ServiceProcess, startService } from "@tracekeep/service/testing";
import { afterAll, beforeAll, expect, test } from "vitest";

const main = join(import.meta.dirname, "main.ts");
const treasuryMain = join(import.meta.dirname, "../../treasury/src/main.ts");
const scope = { signal: new AbortController().signal, deadline: Number.POSITIVE_INFINITY };
const options = { scope, timeoutMs: 20_000 };

let treasury: ServiceProcess;
let service: ServiceProcess;
let ledger: LedgerServiceClient;

beforeAll(async () => {
  treasury = await startService(treasuryMain);
  service = await startService(main, { TREASURY_ADDRESS: treasury.address, TREASURY_TIMEOUT_MS: "500" });
  ledger = new LedgerServiceClient(service.address, credentials.createInsecure());
});
afterAll(async () => {
  ledger?.close();
  await service?.stop();
  await treasury?.stop();
});

function create(part: { name?: string; currency?: string; institution?: string; accountId?: string } = {}) {
  const request = { name: "Ada Lovelace", currency: "EUR", institution: "NORDBANK", accountId: "", ...part };
  return unaryCall(ledger, ledger.createAccount, request, options);
}

test("an account that was created can be read", async () => {
  const { account } = await create();
  expect(account).toMatchObject({ name: "Ada Lovelace", currency: "EUR", institution: "NORDBANK" });
  expect(account?.createTime).toBeInstanceOf(Date);
  const read = await unaryCall(ledger, ledger.getAccount, { id: account?.id ?? "" }, options);
  expect(read.account).toEqual(account);
});

test("a request repeated with the same account id opens no second account", async () => {
  const accountId = "repeated-1";
  await create({ accountId });
  await expect(create({ accountId, name: "Grace" })).rejects.toMatchObject({ code: status.ALREADY_EXISTS });
  const { account } = await unaryCall(ledger, ledger.getAccount, { id: accountId }, options);
  expect(account?.name).toBe("Ada Lovelace");
});

test("an account that is not there is NOT_FOUND", async () => {
  await expect(unaryCall(ledger, ledger.getAccount, { id: "nobody" }, options)).rejects.toMatchObject({
    code: status.NOT_FOUND,
    message: 'there is no account "nobody"',
  });
});

test("the list has every account once, page by page, oldest first", async () => {
  const created: string[] = [];
  for (let number = 0; number < 5; number++) created.push((await create()).account?.id ?? "");
  const listed: string[] = [];
  let pageToken = "";
  do {
    const page = await unaryCall(ledger, ledger.listAccounts, { pageSize: 2, pageToken }, options);
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
  const read = unaryCall(ledger, ledger.getAccount, { id: accountId }, options);
  await expect(read).rejects.toMatchObject({ code: status.NOT_FOUND });
});

test("it starts with the settings of .env.example", async () => {
  const example = parseEnv(await readFile(join(import.meta.dirname, "../.env.example"), "utf8"));
  await using service = await startService(main, { ...example, PORT: "0" });
  expect(await service.stop()).toBe(0);
});

test("a faulty configuration ends it with code 1 and every fault named", async () => {
  const env = {
    PORT: "many",
    TREASURY_ADDRESS: "treasury",
    TREASURY_TIMEOUT_MS: "soon",
    TRACE_SAMPLE_RATE: "abc",
  };
  const { code, stderr } = await runToExit(main, env);
  expect(code).toBe(1);
  for (const [name, value] of Object.entries(env)) {
    expect(stderr).toMatch(new RegExp(`${name}.*${value}`));
  }
});
