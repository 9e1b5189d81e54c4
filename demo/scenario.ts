import { accountCreated, bankDown, clientHungUp, unknownCurrency } from "./account-traces.ts";
import { openAccounts, payrollRun } from "./employees.ts";
import type { ExpectedTrace } from "./expected-trace.ts";
import { clientGone, everyonePaid } from "./payroll-traces.ts";

/** One request of the scenario, a POST to the gateway. */
export interface Step {
  readonly title: string;
  /** The request in words. */
  readonly what: string;
  readonly path: string;
  readonly body: object;
  readonly headers?: Readonly<Record<string, string>>;
  readonly ends: Ending;
  readonly expected: ExpectedTrace;
  /** What must be done before; resolves to what was done, in words. */
  readonly prepare?: (gateway: string) => Promise<string>;
}

/** How a request must end: answered with a status, or given up by the client. */
export type Ending =
  | { readonly status: number }
  | { readonly hangUpAfterMs: number }
  /** After so many lines of a streamed answer tell a payment, and a while. */
  | { readonly leaveAfterPayments: number; readonly thenMs: number };

const EMPLOYEES = 50;

function openAccount(name: string, currency: string, institution: string) {
  const what = `POST /accounts with ${currency} at ${institution}`;
  return { path: "/accounts", what, body: { name, currency, institution } };
}

function runPayroll(key: string, what: string, employees: Readonly<Record<string, number>>) {
  const headers = { "idempotency-key": key };
  return { path: "/payroll-runs", what: `POST /payroll-runs ${what}`, headers, body: payrollRun(employees) };
}

/** What the demo does, in order. */
export const scenario: readonly Step[] = [
  {
    title: "An account is opened",
    ...openAccount("Ada Lovelace", "EUR", "NORDBANK"),
    ends: { status: 201 },
    expected: accountCreated,
  },
  {
    title: "The currency is unknown",
    ...openAccount("Grace Hopper", "XXX", "NORDBANK"),
    ends: { status: 400 },
    expected: unknownCurrency,
  },
  {
    title: "The bank is down",
    ...openAccount("Alan Turing", "EUR", "DOWNBANK"),
    ends: { status: 503 },
    expected: bankDown,
  },
  {
    title: "The bank is slow and the client hangs up",
    ...openAccount("Barbara Liskov", "EUR", "SLOWBANK"),
    ends: { hangUpAfterMs: 200 },
    expected: clientHungUp,
  },
  {
    title: "Fifty salaries are paid",
    prepare: async (gateway) => {
      const traceId = await openAccounts(gateway, EMPLOYEES);
      return `First ${EMPLOYEES} employees get accounts, in trace ${traceId}.`;
    },
    ...runPayroll("salaries", `for ${EMPLOYEES} employees`, { NORDBANK: EMPLOYEES }),
    ends: { status: 200 },
    expected: everyonePaid(EMPLOYEES),
  },
  {
    title: "A client leaves in the middle of a payroll run",
    ...runPayroll("bonuses", "for 12 employees, 8 of them at a slow bank", { NORDBANK: 4, SLOWBANK: 8 }),
    // The payments at the slow bank, four at a time, are under way by then.
    ends: { leaveAfterPayments: 4, thenMs: 500 },
    expected: clientGone(4, 4),
  },
];
