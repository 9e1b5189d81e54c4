import { status } from "@grpc/grpc-js";
import { validated } from "@tracekeep/service";
import { expect, test } from "vitest";
import { batchGetAccountsRequest, createAccountRequest, listAccountsRequest, pageToken } from "./accounts.ts";

const valid = {
  name: "Ada Lovelace",
  currency: "EUR",
  institution: "NORDBANK",
  accountId: "",
  kind: 0,
  idempotencyKey: "",
};

test("a name loses the space around it", () => {
  expect(validated(createAccountRequest, { ...valid, name: "  Ada " }).name).toBe("Ada");
});

test.each([
  [{ name: " " }, "name is empty"],
  [{ name: "a".repeat(101) }, "name is longer than 100 characters"],
  [{ currency: "euro" }, "currency is no ISO 4217 code"],
  [{ institution: "nord bank" }, "institution is no institution's code"],
  [{ accountId: "a/b" }, "account_id is no account id"],
  [{ kind: 7 }, "kind is no account kind"],
  [{ idempotencyKey: "k".repeat(129) }, "idempotency_key is longer than 128 characters"],
])("refuses an account with %o", (part, message) => {
  expect(() => validated(createAccountRequest, { ...valid, ...part })).toThrow(message);
});

test("an account is a customer's unless it says otherwise", () => {
  expect(validated(createAccountRequest, valid).kind).toBe("customer");
  expect(validated(createAccountRequest, { ...valid, kind: 2 }).kind).toBe("internal");
});

test("names every fault of a request, by the names of the .proto file", () => {
  const request = { ...valid, name: "", currency: "", accountId: "?" };
  expect(() => validated(createAccountRequest, request)).toThrow(
    expect.objectContaining({
      code: status.INVALID_ARGUMENT,
      message: expect.stringMatching(/^name .*; currency .*; account_id /),
    }),
  );
});

test("a page has 20 accounts unless it says otherwise", () => {
  expect(validated(listAccountsRequest, { pageSize: 0, pageToken: "" })).toEqual({ pageSize: 20 });
  expect(validated(listAccountsRequest, { pageSize: 100, pageToken: "" }).pageSize).toBe(100);
});

test("a page token leads back to where the page ended", () => {
  const cursor = { created_at: "2026-01-02T03:04:05.678Z", id: "a-1" };
  const request = { pageSize: 1, pageToken: pageToken(cursor) };
  expect(validated(listAccountsRequest, request).pageToken).toEqual(cursor);
});

test.each([
  [{ pageSize: -1 }, "page_size is negative"],
  [{ pageSize: 101 }, "page_size is above 100"],
  [{ pageToken: "nonsense" }, "page_token is not from this service"],
  [
    { pageToken: Buffer.from('["yesterday","a"]').toString("base64url") },
    "page_token is not from this service",
  ],
])("refuses a list with %o", (part, message) => {
  expect(() => validated(listAccountsRequest, { pageSize: 0, pageToken: "", ...part })).toThrow(message);
});

test("refuses no ids, and too many", () => {
  expect(() => validated(batchGetAccountsRequest, { ids: [] })).toThrow("ids is empty");
  const ids = Array.from({ length: 1_001 }, (_, index) => `${index}`);
  expect(() => validated(batchGetAccountsRequest, { ids })).toThrow("ids has more than 1000 ids");
  expect(validated(batchGetAccountsRequest, { ids: ids.slice(1) }).ids).toHaveLength(1_000);
});
