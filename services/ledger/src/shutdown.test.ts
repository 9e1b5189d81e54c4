import { once } from "node:events";
import { join } from "node:path";
import { credentials, status } from "@grpc/grpc-js";
import { AccountKind, CreateAccountRequest, LedgerServiceClient } from "@tracekeep/proto/ledger/v1";
import { type TreasuryServiceServer, TreasuryServiceService } from "@tracekeep/proto/treasury/v1";
import { unaryCall } from "@tracekeep/service";
import { startGrpcServer, startService } from "@tracekeep/service/testing";
import { expect, onTestFinished, test } from "vitest";
import { move, patient, post } from "./testing/ledger.ts";

const main = join(import.meta.dirname, "main.ts");

/** A ledger in the middle of CreateAccount: the treasury has been asked, and answers when it is told to. */
async function startBusyLedger(env: Record<string, string>) {
  const asked = Promise.withResolvers<void>();
  const mayAnswer = Promise.withResolvers<void>();
  const handlers: TreasuryServiceServer = {
    listCurrencies: () => {},
    listInstitutions: () => {},
    transfer: () => {},
    watchRates: () => {},
    validateAccount: async (_, callback) => {
      asked.resolve();
      await mayAnswer.promise;
      callback(null, { currency: undefined, institution: undefined });
    },
  };
  const treasury = await startGrpcServer(TreasuryServiceService, handlers);
  const TREASURY_ADDRESS = treasury.address;
  const ledger = await startService(main, { TREASURY_ADDRESS, TREASURY_TIMEOUT_MS: "60000", ...env });
  const client = new LedgerServiceClient(ledger.address, credentials.createInsecure());
  onTestFinished(async () => {
    client.close();
    await ledger[Symbol.asyncDispose]();
    await treasury[Symbol.asyncDispose]();
  });
  const answer = unaryCall(
    client,
    client.createAccount,
    CreateAccountRequest.create({
      name: "Ada",
      currency: "EUR",
      institution: "NORDBANK",
      accountId: "last",
    }),
    {
      scope: { signal: new AbortController().signal, deadline: Number.POSITIVE_INFINITY },
      timeoutMs: 60_000,
    },
  );
  // It may fail before the test looks at it.
  answer.catch(() => {});
  await asked.promise;
  return { ledger, answer, letTreasuryAnswer: mayAnswer.resolve };
}

test("a call that is running when SIGTERM comes is answered before the process ends", async () => {
  const { ledger, answer, letTreasuryAnswer } = await startBusyLedger({});
  const exitCode = ledger.stop("SIGTERM");
  await ledger.line("stopping");
  letTreasuryAnswer();
  expect((await answer).account?.id).toBe("last");
  expect(await exitCode).toBe(0);
});

test("a call that does not end is ended when its time is up, and the process ends as usual", async () => {
  const { ledger, answer } = await startBusyLedger({ SHUTDOWN_TIMEOUT_MS: "400" });
  expect(await ledger.stop("SIGINT")).toBe(0);
  await expect(answer).rejects.toMatchObject({ code: expect.toSatisfy((code) => code !== status.OK) });
  expect(await ledger.line("requests still running are ended")).toMatchObject({ level: "warn" });
});

test("a second signal ends the process at once, with code 1", async () => {
  const { ledger } = await startBusyLedger({ SHUTDOWN_TIMEOUT_MS: "600000" });
  const exitCode = ledger.stop("SIGTERM");
  await ledger.line("stopping");
  await ledger.stop("SIGTERM");
  expect(await exitCode).toBe(1);
});

test("a call that follows an account ends at once, and learns why", async () => {
  await using treasury = await startService(join(import.meta.dirname, "../../treasury/src/main.ts"));
  await using ledger = await startService(main, { TREASURY_ADDRESS: treasury.address });
  const client = new LedgerServiceClient(ledger.address, credentials.createInsecure());
  const open = (accountId: string, kind: AccountKind) => {
    const account = { accountId, kind, name: "Ada", currency: "EUR", institution: "NORDBANK" };
    return unaryCall(client, client.createAccount, CreateAccountRequest.create(account), patient);
  };
  await open("bank", AccountKind.ACCOUNT_KIND_INTERNAL);
  await open("followed", AccountKind.ACCOUNT_KIND_CUSTOMER);
  const call = client.streamEntries({ accountId: "followed", fromSequence: 0n, follow: true });
  const ended = once(call, "error");
  await post(client, move("bank", "followed", 1n));
  await once(call, "data");
  call.resume();
  expect(await ledger.stop("SIGTERM")).toBe(0);
  expect(await ended).toMatchObject([{ code: status.UNAVAILABLE, details: "the service is stopping" }]);
  expect(ledger.lines.map(({ msg }) => msg)).not.toContain("requests still running are ended");
  client.close();
});
