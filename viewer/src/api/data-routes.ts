import type { IncomingMessage, ServerResponse } from "node:http";
import { HttpError } from "../intake/http-error.ts";
import type { IntakeState } from "../intake/state.ts";
import { toOtlpJson } from "../otlp/to-json.ts";
import { matches } from "../search/match.ts";
import { parseQuery, type Query } from "../search/query.ts";
import { requestOf } from "../trace/to-request.ts";
import type { Trace } from "../trace/trace.ts";
import { Live } from "./live.ts";
import { Overview } from "./overview.ts";
import { spanDetailsOf } from "./span-details.ts";
import { traceViewOf } from "./trace-view.ts";
import { inTurns } from "./turns.ts";

const TRACE = /^\/data\/traces\/([0-9a-f]{32})(?:\/(otlp|spans\/([0-9a-f]{16})))?$/;
const LONGEST_SEARCH = 1_000;

/** What the page reads. */
export class DataRoutes {
  readonly #state: IntakeState;
  readonly #live: Live;

  constructor(state: IntakeState) {
    this.#state = state;
    this.#live = new Live(state);
  }

  /** Answers a GET request below /data/. Throws HttpError 404 or 503. */
  async answer(url: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (url.pathname === "/data/live") return this.#follow(queryOf(url), response);
    if (url.pathname === "/data/overview") return this.#overview(queryOf(url), request, response);
    const [, traceId = "", part, spanId] = TRACE.exec(url.pathname) ?? [];
    const trace = this.#state.traces.get(traceId);
    if (!trace) {
      throw new HttpError(404, `no trace ${traceId}: it has not arrived, or made room for newer ones`);
    }
    if (part === undefined) answerJson(response, traceViewOf(trace, this.#eventsOf(traceId)));
    else if (spanId === undefined) answerJson(response, otlpOf(trace));
    else this.#span(trace, spanId, response);
  }

  #follow(query: Query, response: ServerResponse): void {
    if (this.#live.isFull) throw new HttpError(503, "too many pages are open: close some");
    response.writeHead(200, { "content-type": "text/event-stream" });
    this.#live.follow(query, response);
  }

  async #overview(query: Query, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const gone = new AbortController();
    request.once("close", () => gone.abort());
    const overview = new Overview();
    const { traces } = this.#state;
    await inTurns(
      traces.ids(),
      (traceId) => {
        const trace = traces.get(traceId);
        if (trace && matches(trace, query)) overview.add(trace);
      },
      gone.signal,
    );
    answerJson(response, overview.view());
  }

  #span(trace: Trace, spanId: string, response: ServerResponse): void {
    const span = trace.nodes.find((node) => node.span.spanId === spanId)?.span;
    if (!span) throw new HttpError(404, `no span ${spanId} in trace ${trace.traceId}`);
    answerJson(
      response,
      spanDetailsOf(span, trace, (traceId) => this.#state.traces.has(traceId)),
    );
  }

  #eventsOf(traceId: string) {
    return this.#state.events.all().filter((event) => event.trace?.traceId === traceId);
  }
}

function otlpOf(trace: Trace): object {
  return toOtlpJson(requestOf(trace.nodes.map(({ span }) => span)));
}

function queryOf(url: URL): Query {
  return parseQuery((url.searchParams.get("q") ?? "").slice(0, LONGEST_SEARCH));
}

function answerJson(response: ServerResponse, body: object): void {
  response.writeHead(200, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}
