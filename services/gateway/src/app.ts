import { Hono, type MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { type AccountParts, createAccount, getAccount } from "./accounts.ts";
import { type HealthParts, healthz, livez } from "./healthz.ts";
import { answerError, answerNotFound, type ErrorLogger, refuseBody } from "./http/errors.ts";
import { requestDurations } from "./http/request-durations.ts";
import { tracedRoute } from "./http/traced-route.ts";
import { createPayrollRun, getPayrollRun, type PayrollParts } from "./payroll-runs.ts";
import { createTransfer, type TransferParts } from "./transfers.ts";

/** The longest bodies, in bytes: of most requests, and of one with ten thousand employees. */
const maxBodyBytes = 16_384;
const maxRunBytes = 4_194_304;

export type AppParts = AccountParts & TransferParts & PayrollParts & HealthParts & { logger: ErrorLogger };

/** The gateway's HTTP interface. Errors are answered as `{ "error": { "code", "message" } }`. */
export function gatewayApp(parts: AppParts): Hono {
  const app = new Hono();
  app.use(requestDurations());
  app.post("/accounts", tracedRoute("/accounts"), limit(maxBodyBytes), createAccount(parts));
  app.get("/accounts/:id", tracedRoute("/accounts/:id"), getAccount(parts));
  app.post("/transfers", tracedRoute("/transfers"), limit(maxBodyBytes), createTransfer(parts));
  app.post("/payroll-runs", tracedRoute("/payroll-runs"), limit(maxRunBytes), createPayrollRun(parts));
  app.get("/payroll-runs/:id", tracedRoute("/payroll-runs/:id"), getPayrollRun(parts));
  app.get("/healthz", healthz(parts));
  app.get("/livez", livez);
  app.onError(answerError(parts.logger));
  app.notFound(answerNotFound);
  return app;
}

function limit(maxSize: number): MiddlewareHandler {
  return bodyLimit({ maxSize, onError: () => refuseBody(maxSize) });
}
