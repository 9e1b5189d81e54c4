import { join } from "node:path";
import { credentials, status } from "@grpc/grpc-js";
import { LedgerServiceClient } from "@tracekeep/proto/ledger/v1";
import { unaryCall } from "@tracekeep/service";
import { describeDatabases, type ServiceProcess, startService } from "@tracekeep/service/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { patient } from "../testing/ledger.ts";

describeDatabases(({ environment }) => {
  let service: ServiceProcess;
  let ledger: LedgerServiceClient;
  beforeAll(async () => {
    service = await startService(join(import.meta.dirname, "../main.ts"), environment());
    ledger = new LedgerServiceClient(service.address, credentials.createInsecure());
  });
  afterAll(async () => {
    ledger?.close();
    await service?.stop();
  });

  test("an id with a character that no text in Postgres holds is the caller's mistake, not the ledger's", async () => {
    const { code } = await unaryCall(ledger, ledger.getAccount, { id: "no\0body" }, patient).catch(
      (error) => error,
    );
    expect([status.INVALID_ARGUMENT, status.NOT_FOUND]).toContain(code);
  });
});
