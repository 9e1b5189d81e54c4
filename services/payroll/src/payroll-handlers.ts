import { status } from "@grpc/grpc-js";
import { PaymentStatus, type PayrollServiceServer } from "@tracekeep/proto/payroll/v1";
import { ServiceError, serverStreamHandler, unaryHandler, validated } from "@tracekeep/service";
import { runPayrollRequest } from "./requests/requests.ts";
import { type RunParts, runPayroll } from "./runs/run-payroll.ts";
import { findRun, openRun } from "./runs/runs.ts";
import { RunsUnderWay } from "./runs/runs-under-way.ts";
import { summarize } from "./runs/summary.ts";

export interface PayrollParts extends RunParts {
  logger: Parameters<typeof unaryHandler>[0];
}

/** The methods of payroll.v1.PayrollService. */
export function payrollHandlers(parts: PayrollParts): PayrollServiceServer {
  const { database, logger } = parts;
  const underWay = new RunsUnderWay();
  return {
    runPayroll: serverStreamHandler(logger, async (request, send, scope) => {
      const wanted = validated(runPayrollRequest, request);
      await underWay.alone(wanted.idempotencyKey, async () => {
        const run = await openRun(database, wanted);
        await runPayroll(parts, run, send, scope);
      });
    }),

    getPayrollRun: unaryHandler(logger, async ({ runId }) => {
      const run = await findRun(database, runId);
      if (!run) {
        throw new ServiceError(status.NOT_FOUND, `there is no run ${JSON.stringify(runId.slice(0, 64))}`);
      }
      const { id, currency, created_at } = run.row;
      const payments = run.payments.map(({ employee_id: employeeId, status, reason }) => ({
        employeeId,
        status: statuses[status],
        reason,
      }));
      const amounts = new Map(run.payments.map((row) => [row.employee_id, BigInt(row.amount)]));
      const summary = summarize(payments, amounts);
      return { runId: id, currency, createTime: new Date(created_at), summary, payments };
    }),
  };
}

const statuses = {
  pending: PaymentStatus.PAYMENT_STATUS_PENDING,
  paid: PaymentStatus.PAYMENT_STATUS_PAID,
  failed: PaymentStatus.PAYMENT_STATUS_FAILED,
} as const;
