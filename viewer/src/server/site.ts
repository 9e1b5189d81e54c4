import type { IncomingMessage, ServerResponse } from "node:http";
import type { DataRoutes } from "../api/data-routes.ts";
import { loadPage } from "../assets/page-files.ts";
import { answerError } from "../intake/answers.ts";
import { HttpError } from "../intake/http-error.ts";
import { refuseOtherNames } from "./guard.ts";

const VIEWS = /^\/(?:trace\/[0-9a-f]{32}|map|methods)?$/;

/** The page, and the data that it asks for. */
export class Site {
  readonly #data: DataRoutes;

  constructor(data: DataRoutes) {
    this.#data = data;
  }

  /** Answers a GET request, or HEAD for the page and its files; never rejects. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      refuseOtherNames(request);
      const url = new URL(`http://viewer${request.url?.startsWith("/") ? request.url : "/"}`);
      if (url.pathname.startsWith("/data/") && request.method === "GET")
        await this.#data.answer(url, request, response);
      else await answerFile(url.pathname, response);
    } catch (error) {
      answerError(response, error instanceof HttpError ? error : failure(error));
    }
  }
}

async function answerFile(path: string, response: ServerResponse): Promise<void> {
  const page = await loadPage();
  const file = page.get(VIEWS.test(path) ? "/" : path);
  if (!file) throw new HttpError(404, `nothing at ${path}: the traces are at /`);
  response.writeHead(200, { "content-type": file.type });
  response.end(file.content);
}

function failure(error: unknown): HttpError {
  return new HttpError(500, `the viewer failed: ${error instanceof Error ? error.message : String(error)}`);
}
