import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import { type Exchange, ours, published } from "./contract.ts";
import { SentryState } from "./sentry-state.ts";

export const TOKEN = "sntrys_planted-token-0123456789";
export const ALL_SCOPES = ["project:read", "project:write", "alerts:read", "alerts:write"];

interface Refusal {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A Sentry that keeps what it is sent, answers as its description says, and takes no request that is not in it. */
export interface SentryServer {
  readonly url: string;
  readonly state: SentryState;
  /** Each as in `PUT /api/0/…`, in the order of their arrival. */
  readonly requests: string[];
  /** Those of them that are not as Sentry describes them; a test ends with none. */
  readonly faults: string[];
  scopes: readonly string[];
  /** Items of a list in one answer. */
  pageSize: number;
  /** Answers the next request that fits so, instead of doing it. */
  refuseNext(fits: RegExp, refusal: Refusal): void;
}

export async function startSentry(): Promise<SentryServer> {
  const state = new SentryState();
  const refusals: { fits: RegExp; refusal: Refusal }[] = [];
  const http = createServer(async (message, response) => {
    const exchange = await read(message);
    const line = `${exchange.method} ${exchange.path}`;
    server.requests.push(line);
    const reply = (status: number, body?: unknown, headers: Readonly<Record<string, string>> = {}): void => {
      response.writeHead(status, { "content-type": "application/json", ...headers });
      response.end(body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body));
    };
    const refuse = (status: number, detail: string): void => reply(status, { detail });
    if (message.headers.authorization !== `Bearer ${TOKEN}`) return refuse(401, "Invalid token");
    const planned = refusals.find(({ fits }) => fits.test(line));
    if (planned !== undefined) {
      refusals.splice(refusals.indexOf(planned), 1);
      const { status, headers, body = { detail: "refused" } } = planned.refusal;
      return reply(status, body, headers);
    }
    try {
      const scopes = ours.checkRequest(exchange);
      const known = published?.checkRequest(exchange);
      if (known !== undefined && !scopes.every((scope) => known.includes(scope)))
        throw new Error(`${line} asks for none of ${known}`);
      if (!scopes.some((scope) => server.scopes.includes(scope)))
        return refuse(403, "You do not have permission to perform this action.");
      const answer = state.handle(exchange);
      if (answer === undefined) return refuse(404, "The requested resource does not exist");
      const { status, body } = answer;
      const page = Array.isArray(body) ? paged(body, exchange.query.cursor, server) : { body, headers: {} };
      ours.checkAnswer(exchange, status, page.body);
      published?.checkAnswer(exchange, status, page.body);
      reply(status, page.body, page.headers);
    } catch (error) {
      server.faults.push((error as Error).message);
      refuse(400, (error as Error).message);
    }
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const server: SentryServer = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    state,
    requests: [],
    faults: [],
    scopes: ALL_SCOPES,
    pageSize: 100,
    refuseNext: (fits, refusal) => void refusals.push({ fits, refusal }),
  };
  onTestFinished(() => {
    http.closeAllConnections();
    http.close();
    if (server.faults.length > 0) throw new Error(server.faults.join("\n"));
  });
  return server;
}

async function read(message: IncomingMessage): Promise<Exchange> {
  const { pathname, searchParams } = new URL(message.url ?? "/", "http://sentry");
  let text = "";
  for await (const part of message.setEncoding("utf8")) text += part;
  return {
    method: message.method ?? "",
    path: decodeURI(pathname),
    query: Object.fromEntries(searchParams),
    body: text === "" ? undefined : JSON.parse(text),
  };
}

/** As Sentry does it: both links are always there, and say whether they lead to anything. */
function paged(
  items: readonly unknown[],
  cursor: string | undefined,
  { url, pageSize }: SentryServer,
): { body: readonly unknown[]; headers: Readonly<Record<string, string>> } {
  const from = Number(cursor?.split(":")[1] ?? 0);
  const to = from + pageSize;
  const link = (rel: string, at: number, results: boolean): string =>
    `<${url}/elsewhere/?cursor=0:${at}:0>; rel="${rel}"; results="${results}"; cursor="0:${at}:0"`;
  return {
    body: items.slice(from, to),
    headers: {
      link: `${link("previous", Math.max(0, from - pageSize), from > 0)}, ${link("next", to, to < items.length)}`,
    },
  };
}
