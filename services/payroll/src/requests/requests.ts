import { currencyCode, idempotencyKey } from "@tracekeep/service";
import { z } from "zod";

/** The largest salary, in minor units. */
const MAX_AMOUNT = 1_000_000_000_000_000n;
const MOST_EMPLOYEES = 10_000;

const accountId = z.string().min(1, "is empty: give the id of an account in the ledger");
const institutionCode = z.string().min(1, "is empty: give the treasury's code of an institution");

const employee = z.object({
  employeeId: z
    .string()
    .regex(
      /^[A-Za-z0-9_-]{1,64}$/,
      "is no employee's id: use 1 to 64 letters, digits, hyphens and underscores",
    ),
  accountId,
  institution: institutionCode,
  amount: z
    .bigint()
    .min(1n, "is not above zero: give the salary in minor units, such as cents")
    .max(MAX_AMOUNT, `is above ${MAX_AMOUNT}`),
});

const payroll = z.object(
  {
    currency: currencyCode,
    fundingAccountId: accountId,
    fundingInstitution: institutionCode,
    employees: z
      .array(employee)
      .min(1, "is empty: give at least one employee")
      .max(MOST_EMPLOYEES, `has more than ${MOST_EMPLOYEES} employees: make several runs`)
      .superRefine((employees, context) => {
        const seen = new Set<string>();
        for (const { employeeId } of employees) {
          if (seen.has(employeeId)) {
            context.addIssue(`has ${employeeId} more than once: give each employee once`);
            return;
          }
          seen.add(employeeId);
        }
      }),
  },
  { error: "is missing: say whom to pay" },
);

/** What RunPayroll accepts. */
export const runPayrollRequest = z.object({ idempotencyKey, payroll });

export type NewRun = z.output<typeof runPayrollRequest>;
