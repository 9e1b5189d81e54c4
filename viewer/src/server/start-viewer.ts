import { DataRoutes } from "../api/data-routes.ts";
import { answerError } from "../intake/answers.ts";
import { HttpError } from "../intake/http-error.ts";
import type { Intake } from "../intake/intake.ts";
import { type IntakeOptions, type IntakeParts, listen, type RequestHandler } from "../intake/start.ts";
import { refuseOtherOrigins } from "./guard.ts";
import { setSecurityHeaders } from "./security-headers.ts";
import { Site } from "./site.ts";

/** An intake that also shows what it has received, as a web page. */
export interface Viewer {
  /** Takes the traces; its `dsn` is what to set as SENTRY_DSN. */
  readonly intake: Intake;
  /** Where the page is. */
  readonly url: string;
  /** Where one trace is shown. */
  traceUrl(traceId: string): string;
  /** Stops at once: open connections are closed. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts a viewer on 127.0.0.1, with the options of an intake. It connects to nothing. Rejects if the port is taken. */
export async function startViewer(options: IntakeOptions = {}): Promise<Viewer> {
  const intake = await listen(options, handlerOf);
  const close = () => intake.close();
  return {
    intake,
    url: `${intake.url}/`,
    traceUrl: (traceId) => `${intake.url}/trace/${traceId}`,
    close,
    [Symbol.asyncDispose]: close,
  };
}

function handlerOf({ state, receive }: IntakeParts): RequestHandler {
  const site = new Site(new DataRoutes(state));
  return async (request, response) => {
    setSecurityHeaders(response);
    try {
      refuseOtherOrigins(request);
    } catch (error) {
      request.resume();
      if (error instanceof HttpError) answerError(response, error);
      return;
    }
    if (request.method === "GET" || request.method === "HEAD") await site.handle(request, response);
    else await receive(request, response);
  };
}
