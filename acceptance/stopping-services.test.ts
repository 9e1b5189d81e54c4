import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { startService } from "@tracekeep/service/testing";
import { expect, test } from "vitest";
import { mainOf, openAccount, startStack } from "./harness/stack.ts";

// Nothing listens on port 9.
const nowhere = { DATABASE_URL: "postgres://user:password@127.0.0.1:9/none", LEDGER_ADDRESS: "127.0.0.1:9" };

test.each([
  ["ledger", "the database cannot be reached"],
  ["treasury", "the database cannot be reached"],
  ["payroll", "the database cannot be reached"],
  ["gateway", "not ready: a dependency is down"],
] as const)("SIGTERM ends a %s that is still starting with code 0", async (service, waiting) => {
  await using starting = await startService(mainOf(service), nowhere, waiting);
  expect(await starting.stop("SIGTERM")).toBe(0);
  const messages = starting.lines.map(({ msg }) => msg);
  expect(messages).not.toContain("ready");
  expect(messages.filter((message) => message !== "tracing stopped").slice(-2)).toEqual([
    "stopping",
    "stopped",
  ]);
});

test("a payroll that stops in a run says so through the gateway; resumed there, the run pays nobody twice", async () => {
  const database = { DATABASE_PATH: `${mkdtempSync(join(tmpdir(), "tracekeep-payroll-"))}/payroll.db` };
  // One payment at a time, of three seconds each: the first ends while the service winds down.
  const own = { ...database, PAYROLL_CONCURRENCY: "1", SHUTDOWN_TIMEOUT_MS: "8000" };
  const stack = await startStack({}, (service) => (service === "payroll" ? own : {}));
  await openAccount(stack.gateway, { id: "funds", kind: "internal" });
  for (const id of ["ann", "bob"]) await openAccount(stack.gateway, { id });
  const salary = (id: string) => ({ employeeId: id, accountId: id, institution: "SLOWBANK", amount: 100 });
  const employees = ["ann", "bob"].map(salary);
  const run = { currency: "EUR", fundingAccountId: "funds", fundingInstitution: "NORDBANK", employees };
  const begin = () =>
    fetch(`http://${stack.gateway.address}/payroll-runs`, {
      method: "POST",
      headers: { "idempotency-key": "salaries" },
      body: JSON.stringify(run),
    });

  const response = await begin();
  const exitCode = stack.payroll.stop("SIGTERM");
  const lines = linesOf(await response.text());
  expect(lines).toMatchObject([
    { type: "started" },
    { type: "payment", employeeId: "ann", status: "PAID" },
    {
      type: "error",
      error: { code: "UNAVAILABLE", message: expect.stringContaining("repeat the request with the same") },
    },
  ]);
  expect(await exitCode).toBe(0);

  const [, port = ""] = stack.payroll.address.split(":");
  await using again = await startService(mainOf("payroll"), {
    ...own,
    PORT: port,
    TREASURY_ADDRESS: stack.treasury.address,
    LEDGER_ADDRESS: stack.ledger.address,
  });
  await again.line("ready");
  // The gateway may still wait before it connects again.
  let resumed = await begin();
  for (; resumed.status === 503; resumed = await begin()) await delay(100);
  expect(linesOf(await resumed.text()).at(-1)).toMatchObject({ paid: 1, alreadyPaid: 1, amountPaid: 200 });
  for (const id of ["ann", "bob"]) {
    const account = await fetch(`http://${stack.gateway.address}/accounts/${id}`);
    expect(await account.json()).toMatchObject({ balance: 100 });
  }
  await stack.stop();
});

function linesOf(text: string): Record<string, unknown>[] {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}
