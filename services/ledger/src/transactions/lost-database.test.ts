import { status } from "@grpc/grpc-js";
import { ServiceError } from "@tracekeep/service";
import { expect, test } from "vitest";
import { importTransactions } from "./import-transactions.ts";

test("a database that cannot be reached refuses no transaction: it ends the import", async () => {
  async function* requests() {
    yield { transaction: undefined };
  }
  const post = () => Promise.reject(new ServiceError(status.UNAVAILABLE, "the database cannot be reached"));
  await expect(importTransactions(requests(), post)).rejects.toMatchObject({ code: status.UNAVAILABLE });
});
