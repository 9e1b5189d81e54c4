import { expect, test } from "vitest";
import { formatAddress } from "./endpoint.ts";

test.each([
  ["127.0.0.1", "127.0.0.1:80"],
  ["localhost", "localhost:80"],
  ["::1", "[::1]:80"],
])("the address of host %s is %s", (host, address) => {
  expect(formatAddress(host, 80)).toBe(address);
});
