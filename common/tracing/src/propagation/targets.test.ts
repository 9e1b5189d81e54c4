import { expect, test } from "vitest";
import { compileTargets, parsePropagationTargets } from "./targets.ts";

const accepts = (targets: string, host: string): boolean =>
  compileTargets(parsePropagationTargets(targets))(host) !== "none";

test.each([
  ["localhost:50051", 'leave it out: "localhost"'],
  ["*.internal:443;baggage=sentry", 'leave it out: "*.internal"'],
  ["ledger.internal:*", 'leave it out: "ledger.internal"'],
  ["[::1]:50051", 'leave it out: "::1"'],
  [",", "no host in it; write host names"],
  [" , ", "no host in it; write host names"],
  ["[::1", "write host names"],
  ["a]b", "write host names"],
  ["[]", "write host names"],
])("%j is refused, and the message says what to write", (targets, hint) => {
  expect(() => parsePropagationTargets(targets)).toThrow(hint);
});

test.each([
  ["[::1]", "::1"],
  ["::1", "::1"],
  ["fe80:*", "fe80::1"],
  ["[fe80::*]", "fe80::1"],
  ["Ledger.internal", "ledger.INTERNAL"],
  ["all", "anything"],
])("%j is the host %s", (targets, host) => {
  expect(accepts(targets, host)).toBe(true);
  expect(accepts("elsewhere", host)).toBe(false);
});
