import { randomBytes } from "node:crypto";

/** The ledger's account that the demo's salaries are taken from. */
const FUNDS = "payroll-funds";

/** A body for POST /payroll-runs: so many employees at each institution, in this order. */
export function payrollRun(employees: Readonly<Record<string, number>>): object {
  const institutions = Object.entries(employees).flatMap(([code, count]) => Array<string>(count).fill(code));
  return {
    currency: "EUR",
    fundingAccountId: FUNDS,
    fundingInstitution: "NORDBANK",
    employees: institutions.map((institution, index) => {
      const employeeId = nameOf(index);
      return { employeeId, accountId: employeeId, institution, amount: 250_000 + index * 1_000 };
    }),
  };
}

/**
 * Opens the accounts of the first employees, and the one that pays them, all in one trace; resolves to its id.
 * Rejects if one is not opened.
 */
export async function openAccounts(gateway: string, employees: number): Promise<string> {
  const traceId = randomBytes(16).toString("hex");
  const open = async (account: { id: string; name: string; kind: string }) => {
    const answer = await fetch(`${gateway}/accounts`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "idempotency-key": `open ${account.id}`,
        traceparent: `00-${traceId}-${randomBytes(8).toString("hex")}-01`,
      },
      body: JSON.stringify({ ...account, currency: "EUR", institution: "NORDBANK" }),
    });
    if (answer.status !== 201) {
      throw new Error(
        `account ${account.id} was not opened: the gateway answered ${answer.status} ${await answer.text()}`,
      );
    }
  };
  await open({ id: FUNDS, name: "Salaries", kind: "internal" });
  const ids = Array.from({ length: employees }, (_, index) => nameOf(index));
  await Promise.all(ids.map((id) => open({ id, name: `Employee ${id.slice(-2)}`, kind: "customer" })));
  return traceId;
}

function nameOf(index: number): string {
  return `employee-${String(index + 1).padStart(2, "0")}`;
}
