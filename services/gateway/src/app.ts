import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { type AccountParts, createAccount, getAccount } from "./accounts.ts";
import { answerError, answerNotFound, type ErrorLogger, refuseBody } from "./http/errors.ts";
import { tracedRoute } from "./http/traced-route.ts";

const maxBodyBytes = 16_384;

/** The gateway's HTTP interface. Errors are answered as `{ "error": { "code", "message" } }`. */
export function gatewayApp(parts: AccountParts & { logger: ErrorLogger }): Hono {
  const app = new Hono();
  const limit = bodyLimit({ maxSize: maxBodyBytes, onError: () => refuseBody(maxBodyBytes) });
  app.post("/accounts", tracedRoute("/accounts"), limit, createAccount(parts));
  app.get("/accounts/:id", tracedRoute("/accounts/:id"), getAccount(parts));
  app.onError(answerError(parts.logger));
  app.notFound(answerNotFound);
  return app;
}
