import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { createSanitizer } from "./index.ts";

const { attribute, key } = createSanitizer({ keys: [], patterns: [], valueLength: 1_024 });

test.each([
  ["an acronym in front", ["DBPassword", "JWTToken", "APIToken", "AWSSecret", "HTTPAuthorization", "APIKey"]],
  [
    "written in one",
    ["authtoken", "accesstoken", "clientsecret", "privatekey", "x-authtoken", "userpassword.old"],
  ],
  [
    "a form behind",
    ["tokenValue", "access_token_value", "token_hash", "x-token2", "password1", "email_raw_value"],
  ],
  [
    "personal data",
    ["phone_number", "phoneNumber", "credit_card", "creditCard", "debit_card", "card_number"],
  ],
  ["more of them", ["user.email_address", "passcode", "session_key"]],
  // What was consented to, and by whom, often lies in the cookie's value itself.
  ["any cookie", ["cookie_consent", "sessionCookie"]],
])("keys are secret: %s", (_case, keys) => {
  for (const secret of keys) expect(attribute(secret, "plain"), secret).toBe("[Filtered]");
});

test.each([
  "token_count",
  "tokens_used",
  "token_id",
  "author",
  "primary_key",
  "key",
  "keyboard",
  "passenger",
  "secretary",
  "value",
  "card",
  "HTTPServer",
  "rpc.method",
  "db.query.text",
])("key %s is not secret", (harmless) => {
  expect(attribute(harmless, "plain")).toBe("plain");
});

test("a secret word at the end of a very long key counts, too", () => {
  expect(attribute(`${"x".repeat(10_000)}.password`, "plain")).toBe("[Filtered]");
});

test("secrets in keys are masked, and keys are cut", () => {
  expect(key("rpc.method")).toBe("rpc.method");
  expect(key("mails to jane.doe@mail.example")).toBe("mails to [Filtered]");
  expect(key("token=hunter2")).toBe("token=[Filtered]");
  expect(key("x".repeat(10_000))).toHaveLength(256);
  expect(key(`${"x ".repeat(120)}jane.doe@mail.example`)).not.toContain("jane");
  expect(key(17 as unknown as string)).toBe("17");
});

test("many different keys, long ones too, do not fill the memory", () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const usedNow = (): number => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  const before = usedNow();
  for (let at = 0; at < 2_000; at++) {
    const long = Buffer.alloc(100_000, `${at} `).toString("latin1");
    key(long);
    attribute(long, "plain");
  }
  for (let at = 0; at < 200_000; at++) key(`key ${at}`);
  expect(usedNow() - before).toBeLessThan(10_000_000);
});
