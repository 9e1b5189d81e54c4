import {
  type GetPayrollRunResponse,
  type Payment,
  PaymentStatus,
  type PayrollServiceClient,
  type RunPayrollResponse,
  type RunSummary,
} from "@tracekeep/proto/payroll/v1";
import { serverStreamCall, unaryCall } from "@tracekeep/service";
import type { Context, Handler } from "hono";
import { z } from "zod";
import { describeError, type ErrorLogger } from "./http/errors.ts";
import { minorUnits, text } from "./http/fields.ts";
import { requiredIdempotencyKey } from "./http/idempotency-key.ts";
import { readBody } from "./http/request-body.ts";
import { scopeOf } from "./http/scope.ts";
import { type StreamedVariables, streamLines } from "./http/streamed-response.ts";

export interface PayrollParts {
  payroll: PayrollServiceClient;
  /** The longest wait for the payroll service's answer to a question, in milliseconds; runs take as long as they do. */
  payrollTimeoutMs: number;
  /** Fires when the gateway stops and has no more time: runs end with its reason. */
  cutOff: AbortSignal;
  logger: ErrorLogger;
}

const newRun = z.object({
  currency: text,
  fundingAccountId: text,
  fundingInstitution: text,
  employees: z.array(
    z.object(
      { employeeId: text, accountId: text, institution: text, amount: minorUnits },
      { error: "must be an object" },
    ),
    { error: "must be a list" },
  ),
});

const brokenOff =
  "the run has broken off: repeat the request with the same Idempotency-Key, and it goes on where it stopped";

/**
 * POST /payroll-runs: 200 and the run's progress, a line for each payment. A run that is refused has a status of its
 * own; the run stops when the client leaves, and goes on when the request is repeated with the same key.
 */
export function createPayrollRun({
  payroll,
  cutOff,
  logger,
}: PayrollParts): Handler<{ Variables: StreamedVariables }> {
  return async (c) => {
    const idempotencyKey = requiredIdempotencyKey(c);
    const request = { idempotencyKey, payroll: await readBody(c, newRun) };
    const scope = scopeOf(c);
    const signal = AbortSignal.any([scope.signal, cutOff]);
    const options = { scope: { ...scope, signal } };
    const progress = serverStreamCall(payroll, payroll.runPayroll, request, options);
    const first = await progress.next();
    const lines = async function* () {
      if (!first.done) yield toLine(first.value);
      for await (const step of progress) yield toLine(step);
    };
    return streamLines(c, lines(), (error) => {
      const { httpCode, body } = describeError(error, logger, c);
      const message = httpCode < 500 ? body.error.message : brokenOff;
      return { type: "error", error: { ...body.error, message } };
    });
  };
}

/** GET /payroll-runs/:id: 200 with how far the run is. */
export function getPayrollRun({ payroll, payrollTimeoutMs }: PayrollParts): Handler {
  return async (c: Context) => {
    const request = { runId: c.req.param("id") ?? "" };
    const run = await unaryCall(payroll, payroll.getPayrollRun, request, {
      scope: scopeOf(c),
      timeoutMs: payrollTimeoutMs,
    });
    return c.json(toJson(run));
  };
}

function toLine({ started, payment, summary }: RunPayrollResponse): object {
  if (started) return { type: "started", ...started };
  if (payment) return { type: "payment", ...paymentJson(payment) };
  return { type: "summary", ...summaryJson(summary) };
}

function toJson({ runId, currency, createTime, summary, payments }: GetPayrollRunResponse) {
  const counts = summaryJson(summary);
  return {
    runId,
    currency,
    createTime: createTime?.toISOString(),
    summary: counts,
    payments: payments.map(paymentJson),
  };
}

const statuses: Record<PaymentStatus, string> = {
  [PaymentStatus.PAYMENT_STATUS_UNSPECIFIED]: "UNKNOWN",
  [PaymentStatus.PAYMENT_STATUS_PENDING]: "PENDING",
  [PaymentStatus.PAYMENT_STATUS_PAID]: "PAID",
  [PaymentStatus.PAYMENT_STATUS_ALREADY_PAID]: "ALREADY_PAID",
  [PaymentStatus.PAYMENT_STATUS_FAILED]: "FAILED",
};

function paymentJson({ employeeId, status, reason }: Payment) {
  return { employeeId, status: statuses[status], ...(reason && { reason }) };
}

function summaryJson(summary: RunSummary | undefined) {
  if (!summary) throw new Error("the payroll service answered without a summary");
  return { ...summary, amountPaid: Number(summary.amountPaid) };
}
