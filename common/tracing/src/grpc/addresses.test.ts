import { randomBytes } from "node:crypto";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { parseAddress } from "./addresses.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

function heapBytes(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

test("authorities that clients make up are not remembered at their full length, and not without end", () => {
  const make = (bytes: number): string => `${randomBytes(bytes).toString("hex")}.example:443`;
  parseAddress(make(10));
  const before = heapBytes();
  for (let each = 0; each < 20_000; each++) expect(parseAddress(make(100))?.port).toBe(443);
  for (let each = 0; each < 1_500; each++) expect(parseAddress(make(10_000))).toBeUndefined();
  expect(heapBytes() - before).toBeLessThan(2 ** 21);
});
